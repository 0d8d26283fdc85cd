# What stands around Cinder's driver in a running cinder-volume: its configuration, a database of its own, volumes and snapshots as rows there.
# The driver itself is Cinder's, unmodified: its SSH pool, its commands, its polling.
from cinder import monkey_patch

monkey_patch.patch()  # as cinder-volume does, before anything else

from cinder import context, coordination, db, objects

objects.register_all()  # before the modules below, which name them

from cinder.common import config as _  # registers the options
from cinder.db import migration
from cinder.objects import fields
from cinder.volume import configuration, group_types, volume_types
from cinder.volume import driver as volume_driver
from cinder.volume.drivers.ibm.storwize_svc import storwize_svc_fc, storwize_svc_iscsi
from oslo_config import cfg

from svc import PASSWORD, USER

DRIVERS = {'iscsi': storwize_svc_iscsi.StorwizeSVCISCSIDriver, 'fc': storwize_svc_fc.StorwizeSVCFCDriver}
HOST = 'controller@svc#Pool0'


CONFIGURATION = """
[DEFAULT]
enabled_backends = svc
state_path = {folder}
[database]
connection = sqlite:///{folder}/cinder.sqlite
[oslo_concurrency]
lock_path = {folder}
[coordination]
backend_url = file://{folder}
[svc]
san_ip = 127.0.0.1
san_ssh_port = {port}
san_login = {user}
san_password = {password}
storwize_svc_volpool_name = Pool0
storwize_svc_flashcopy_rate = 150
storwize_svc_clean_rate = 150
{more}
"""


class Service:
    """Cinder's volume service for one back end, without the message bus. `more`: lines for the back end's section."""

    def __init__(self, array, protocol, more=''):
        file = array.folder / 'cinder.conf'
        words = {'folder': array.folder, 'port': array.ssh_port, 'user': USER, 'password': PASSWORD, 'more': more}
        file.write_text(CONFIGURATION.format(**words))
        cfg.CONF(['--config-file', str(file)], project='cinder')
        migration.db_sync()
        coordination.COORDINATOR.start()
        self.context = context.RequestContext('user', 'project', is_admin=True)
        self.type = volume_types.create(self.context, 'storwize', {}).id
        self.driver = self.started(protocol)

    def started(self, protocol):
        """What the volume manager does with a driver when it starts."""
        options = configuration.Configuration(volume_driver.volume_opts, config_group='svc')
        driver = DRIVERS[protocol](configuration=options, db=db, host='controller@svc')
        driver.do_setup(self.context)
        driver.check_for_setup_error()
        return driver

    def volume(self, size=1, **more):
        """A row, as the API leaves it for the driver."""
        row = objects.Volume(
            self.context, size=size, host=HOST, user_id='user', project_id='project', status='creating',
            volume_type_id=self.type, replication_status='disabled', display_name='v', **more,
        )
        row.create()
        return row

    def created(self, size=1, **more):
        row = self.volume(size, **more)
        self.driver.create_volume(row)
        return row

    def snapshot(self, volume, **more):
        row = objects.Snapshot(
            self.context, volume_id=volume.id, volume_size=volume.size, user_id='user', project_id='project',
            status='creating', display_name='s', volume_type_id=self.type, metadata={}, **more,
        )
        row.create()
        return row

    def taken(self, volume):
        row = self.snapshot(volume)
        self.driver.create_snapshot(row)
        return row

    def group(self, spec):
        """A group whose type says what the driver shall do with it, e.g. consistent_group_snapshot_enabled."""
        kind = group_types.create(self.context, f'type of {spec} {id(object())}', {spec: '<is> True'})
        group = objects.Group(
            self.context, host=HOST, user_id='user', project_id='project', name='g', group_type_id=kind.id,
            volume_type_ids=[self.type], status=fields.GroupStatus.AVAILABLE,
        )
        group.create()
        return group

    def group_snapshot(self, group):
        row = objects.GroupSnapshot(
            self.context, group_id=group.id, group_type_id=group.group_type_id, user_id='user', project_id='project',
            name='gs', status='creating',
        )
        row.create()
        return row

    def set(self, name, value):
        """One option of the back end, for the drivers started from now on."""
        cfg.CONF.set_override(name, value, group='svc')
