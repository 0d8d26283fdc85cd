# Cinder's iSCSI driver: volumes, snapshots, clones, revert, attach, wrong input; after each the array is looked at past the driver.
import pytest
from cinder import exception

from cinder_service import Service
from svc import GIB

CONNECTOR = {'host': 'compute1', 'initiator': 'iqn.2026-11.example:compute1', 'ip': '192.0.2.50', 'multipath': True}


@pytest.fixture(scope='module')
def cinder(array):
    return Service(array, 'iscsi')


def test_create_makes_a_thin_volume_of_that_size(array, cinder):
    volume = cinder.created(size=2)
    row = array.detail('lsvdisk -bytes', volume.name)
    assert int(row['capacity']) == 2 * GIB
    assert row['se_copy_count'] == '1'
    assert row['status'] == 'online'


def test_create_of_what_exists_is_an_error_and_changes_nothing(array, cinder):
    volume = cinder.created()
    before = array.detail('lsvdisk', volume.name)
    with pytest.raises(exception.VolumeBackendAPIException, match='CMMVC6035E'):
        cinder.driver.create_volume(volume)
    assert array.detail('lsvdisk', volume.name) == before


def test_more_than_the_pool_has_is_refused(array, cinder):
    volume = cinder.volume(size=10_000_000)
    with pytest.raises(exception.VolumeBackendAPIException):
        cinder.driver.create_volume(volume)
    assert volume.name not in array.names('lsvdisk')


def test_snapshot_keeps_its_point_in_time(array, cinder):
    volume = cinder.created()
    array.write(volume.name, 'before')
    snapshot = cinder.taken(volume)
    array.write(volume.name, 'after!')
    assert array.read(snapshot.name, 6) == 'before'
    assert array.read(volume.name, 6) == 'after!'
    mapping = array.rows(f'lsfcmap -filtervalue target_vdisk_name={snapshot.name}')[0]
    assert (mapping['status'], mapping['copy_rate']) == ('copying', '0')


def test_clone_becomes_independent(array, cinder):
    volume = cinder.created()
    array.write(volume.name, 'origin', offset=700_000_000)
    clone = cinder.volume()
    cinder.driver.create_cloned_volume(clone, volume)
    assert array.read(clone.name, 6, offset=700_000_000) == 'origin'
    array.eventually(lambda: not array.rows(f'lsvdiskfcmappings {clone.name}'))  # autodelete after the last grain
    array.write(volume.name, 'change', offset=700_000_000)
    assert array.read(clone.name, 6, offset=700_000_000) == 'origin'


def test_volume_from_snapshot_larger_than_it(array, cinder):
    volume = cinder.created()
    array.write(volume.name, 'kept')
    snapshot = cinder.taken(volume)
    array.write(volume.name, 'gone')
    larger = cinder.volume(size=3)
    cinder.driver.create_volume_from_snapshot(larger, snapshot)
    assert array.read(larger.name, 4) == 'kept'
    assert int(array.detail('lsvdisk -bytes', larger.name)['capacity']) == 3 * GIB


def test_revert_gives_the_volume_its_old_bytes(array, cinder):
    volume = cinder.created()
    array.write(volume.name, 'good')
    snapshot = cinder.taken(volume)
    array.write(volume.name, 'evil')
    cinder.driver.revert_to_snapshot(cinder.context, volume, snapshot)
    assert array.read(volume.name, 4) == 'good'
    array.write(volume.name, 'evil')
    cinder.driver.revert_to_snapshot(cinder.context, volume, snapshot)  # once more, from the same snapshot
    assert array.read(volume.name, 4) == 'good'
    assert array.read(snapshot.name, 4) == 'good'


def test_extend_adds_and_keeps(array, cinder):
    volume = cinder.created()
    array.write(volume.name, 'kept')
    cinder.driver.extend_volume(volume, 4)
    assert int(array.detail('lsvdisk -bytes', volume.name)['capacity']) == 4 * GIB
    assert array.read(volume.name, 4) == 'kept'


def test_attach_maps_to_a_host_with_portals_of_portset0(array, cinder):
    volume = cinder.created()
    connection = cinder.driver.initialize_connection(volume, CONNECTOR)
    data = connection['data']
    assert connection['driver_volume_type'] == 'iscsi'
    assert sorted(data['target_portals']) == ['192.0.2.11:3260', '192.0.2.12:3260']
    assert len(set(data['target_iqns'])) == 2
    mapped = array.rows(f'lsvdiskhostmap {volume.name}')
    assert [int(row['SCSI_id']) for row in mapped] == [data['target_lun']]
    again = cinder.driver.initialize_connection(volume, CONNECTOR)
    assert again['data']['target_lun'] == data['target_lun']
    assert len(array.rows(f'lsvdiskhostmap {volume.name}')) == 1
    second = cinder.created()
    assert cinder.driver.initialize_connection(second, CONNECTOR)['data']['target_lun'] != data['target_lun']


def test_detach_unmaps_and_the_last_one_takes_the_host_along(array, cinder):
    connector = {**CONNECTOR, 'host': 'compute2', 'initiator': 'iqn.2026-11.example:compute2'}
    volume = cinder.created()
    cinder.driver.initialize_connection(volume, connector)
    host = array.rows(f'lsvdiskhostmap {volume.name}')[0]['host_name']
    cinder.driver.terminate_connection(volume, connector)
    assert array.rows(f'lsvdiskhostmap {volume.name}') == []
    assert host not in array.names('lshost')
    with pytest.raises(exception.VolumeDriverException, match='host name'):
        cinder.driver.terminate_connection(volume, connector)


def test_detach_of_what_is_not_attached_is_no_error(array, cinder):
    attached, other = cinder.created(), cinder.created()
    cinder.driver.initialize_connection(attached, CONNECTOR)
    cinder.driver.terminate_connection(other, CONNECTOR)
    assert len(array.rows(f'lsvdiskhostmap {attached.name}')) == 1


def test_chap_is_asked_of_the_host(array, cinder):
    connector = {**CONNECTOR, 'host': 'compute3', 'initiator': 'iqn.2026-11.example:compute3'}
    volume = cinder.created()
    data = cinder.driver.initialize_connection(volume, connector)['data']
    assert data['auth_method'] == 'CHAP'
    secrets = {row['iscsi_chap_secret'] for row in array.rows('lsiscsiauth')}
    assert data['auth_password'] in secrets


def test_connector_without_initiator_is_refused(cinder):
    with pytest.raises(exception.InvalidConnectorException):
        cinder.driver.validate_connector({'host': 'compute1'})


def test_delete_of_a_snapshot_then_its_volume(array, cinder):
    volume = cinder.created()
    snapshot = cinder.taken(volume)
    cinder.driver.delete_snapshot(snapshot)
    assert snapshot.name not in array.names('lsvdisk')
    cinder.driver.delete_volume(volume)
    assert volume.name not in array.names('lsvdisk')
    cinder.driver.delete_volume(volume)  # what is gone is deleted
    cinder.driver.delete_snapshot(snapshot)


def test_delete_of_a_mapped_volume_takes_the_map_along(array, cinder):
    volume = cinder.created()
    cinder.driver.initialize_connection(volume, CONNECTOR)
    cinder.driver.delete_volume(volume)
    assert volume.name not in array.names('lsvdisk')


def test_existing_volume_is_managed_under_a_new_name(array, cinder):
    array.run('mkvdisk -mdiskgrp Pool0 -iogrp io_grp0 -size 1 -unit gb -rsize 2% -autoexpand -name legacy')
    array.write('legacy', 'kept')
    volume = cinder.volume()
    assert cinder.driver.manage_existing_get_size(volume, {'source-name': 'legacy'}) == 1
    cinder.driver.manage_existing(volume, {'source-name': 'legacy'})
    assert array.read(volume.name, 4) == 'kept'
    assert 'legacy' not in array.names('lsvdisk')
    with pytest.raises(exception.ManageExistingInvalidReference):
        cinder.driver.manage_existing_get_size(volume, {'source-name': 'nobody'})


def test_statistics_tell_what_the_pool_has(array, cinder):
    pool = cinder.driver.get_volume_stats(True)['pools'][0]
    row = array.detail('lsmdiskgrp -bytes', 'Pool0')
    assert pool['pool_name'] == 'Pool0'
    assert pool['total_capacity_gb'] == pytest.approx(int(row['capacity']) / GIB)


def test_unknown_pool_and_wrong_password_end_the_start(array, cinder):
    options = cinder.driver.configuration
    cinder.set('storwize_svc_volpool_name', ['Nowhere'])
    with pytest.raises(exception.InvalidInput, match='Nowhere'):
        cinder.started('iscsi')
    cinder.set('storwize_svc_volpool_name', ['Pool0'])
    cinder.set('san_password', 'wrong')
    with pytest.raises(Exception, match='(?i)ssh|connect|authenticat'):
        cinder.started('iscsi')
    cinder.set('san_password', options.san_password)
