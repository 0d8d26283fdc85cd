# Cinder's groups: consistency groups by FlashCopy mappings, and volume groups with the array's own snapshots.
import pytest
from cinder import exception, objects

from cinder_service import Service

ARRAY = {'system': {'name': 'clients', 'codeLevel': '8.6.2.0'}}  # the level from which the driver restores a group snapshot
MAPPINGS, VOLUME_GROUP = 'consistent_group_snapshot_enabled', 'volume_group_enabled'


@pytest.fixture(scope='module')
def cinder(array):
    return Service(array, 'iscsi')


def members(cinder, group, count=2):
    return [cinder.created(group_id=group.id) for _ in range(count)]


def in_volume_group(cinder, group, count=2):
    """The driver makes the volumes alone and the group takes them in."""
    volumes = [cinder.created() for _ in range(count)]
    update, _, _ = cinder.driver.update_group(cinder.context, group, add_volumes=volumes, remove_volumes=[])
    assert update['status'] == 'available'
    for volume in volumes:
        volume.group_id = group.id
        volume.save()
    return volumes


def snapshot_of(cinder, group, volumes):
    taken = cinder.group_snapshot(group)
    rows = [cinder.snapshot(volume, group_snapshot_id=taken.id) for volume in volumes]
    update, models = cinder.driver.create_group_snapshot(cinder.context, taken, rows)
    return taken, rows, update, models


def test_group_snapshot_cuts_all_volumes_and_leaves_no_group_behind(array, cinder):
    group = cinder.group(MAPPINGS)
    assert cinder.driver.create_group(cinder.context, group)['status'] == 'available'
    volumes = members(cinder, group)
    for volume in volumes:
        array.write(volume.name, 'before')
    taken, rows, update, models = snapshot_of(cinder, group, volumes)
    assert update['status'] == 'available'
    assert [model['status'] for model in models] == ['available', 'available']
    for volume in volumes:
        array.write(volume.name, 'after!')
    assert [array.read(row.name, 6) for row in rows] == ['before', 'before']
    times = {mapping['start_time'] for mapping in array.rows('lsfcmap')}
    assert len(times) == 1
    assert array.rows('lsfcconsistgrp') == []
    update, models = cinder.driver.delete_group_snapshot(cinder.context, taken, rows)
    assert update['status'] == 'deleted'
    assert not set(array.names('lsvdisk')) & {row.name for row in rows}


def test_group_from_a_group_and_from_its_snapshot(array, cinder):
    group = cinder.group(MAPPINGS)
    volumes = members(cinder, group)
    for volume in volumes:
        array.write(volume.name, 'origin')
    taken, rows, _, _ = snapshot_of(cinder, group, volumes)
    for source in ({'source_group': group, 'source_vols': volumes}, {'group_snapshot': taken, 'snapshots': rows}):
        copy = cinder.group(MAPPINGS)
        targets = [cinder.volume(group_id=copy.id) for _ in volumes]
        update, _ = cinder.driver.create_group_from_src(cinder.context, copy, targets, **source)
        assert update['status'] == 'available'
        assert [array.read(target.name, 6) for target in targets] == ['origin', 'origin']
        update, _ = cinder.driver.delete_group(cinder.context, copy, targets)
        assert update['status'] == 'deleted'
        assert not set(array.names('lsvdisk')) & {target.name for target in targets}


def test_a_start_the_array_refuses_is_an_error_and_leaves_no_group(array, cinder):
    group = cinder.group(MAPPINGS)
    volumes = members(cinder, group)
    array.run('simfault -on startfcconsistgrp -do CMMVC5786E')
    _, _, update, models = snapshot_of(cinder, group, volumes)
    assert update['status'] == 'error'
    assert {model['status'] for model in models} == {'error'}
    assert array.rows('lsfcconsistgrp') == []


def test_volume_group_snapshot_and_restore(array, cinder):
    group = cinder.group(VOLUME_GROUP)
    assert cinder.driver.create_group(cinder.context, group)['status'] == 'available'
    volumes = in_volume_group(cinder, group)
    name = array.names('lsvolumegroup')[0]
    assert array.detail('lsvolumegroup', name)['volume_count'] == '2'
    for volume in volumes:
        array.write(volume.name, 'before')
    taken, rows, update, models = snapshot_of(cinder, group, volumes)
    assert update['status'] == 'available'
    for volume in volumes:
        array.write(volume.name, 'after!')
    cinder.driver.restore_from_snapshot(cinder.context, taken)
    assert [array.read(volume.name, 6) for volume in volumes] == ['before', 'before']
    update, _ = cinder.driver.delete_group_snapshot(cinder.context, taken, rows)
    assert update['status'] == 'deleted'
    array.eventually(lambda: not array.rows('lsvolumegroupsnapshot'))
    cinder.driver.update_group(cinder.context, group, add_volumes=[], remove_volumes=volumes)
    cinder.driver.delete_group(cinder.context, group, [])
    assert array.rows('lsvolumegroup') == []


def test_volume_the_array_does_not_know_is_not_added(array, cinder):
    group = cinder.group(VOLUME_GROUP)
    cinder.driver.create_group(cinder.context, group)
    update, added, _ = cinder.driver.update_group(
        cinder.context, group, add_volumes=[cinder.volume()], remove_volumes=[]
    )
    assert (update['status'], added) == ('error', [])
    assert '0' in [row['volume_count'] for row in array.rows('lsvolumegroup')]


def test_restore_of_a_snapshot_the_array_does_not_know(cinder):
    group = cinder.group(VOLUME_GROUP)
    cinder.driver.create_group(cinder.context, group)
    [volume] = in_volume_group(cinder, group, 1)
    taken = cinder.group_snapshot(group)
    row = cinder.snapshot(volume, group_snapshot_id=taken.id)
    row.metadata = {'svc_volumegroup_snapshot_id': '4711'}
    row.save()
    assert len(objects.SnapshotList.get_all_for_group_snapshot(cinder.context, taken.id)) == 1
    with pytest.raises(exception.VolumeBackendAPIException, match='does not exist'):
        cinder.driver.restore_from_snapshot(cinder.context, taken)
