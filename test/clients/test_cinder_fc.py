# Cinder's Fibre Channel driver: what differs from iSCSI is the attaching; a short life of a volume besides.
import pytest
from cinder import exception

from cinder_service import Service

CONNECTOR = {'host': 'compute1', 'wwpns': ['2100000000000001', '2100000000000002'], 'wwnns': ['2000000000000001']}


@pytest.fixture(scope='module')
def cinder(array):
    return Service(array, 'fc')


def test_create_snapshot_revert_clone_delete(array, cinder):
    volume = cinder.created()
    array.write(volume.name, 'before')
    snapshot = cinder.taken(volume)
    array.write(volume.name, 'after!')
    cinder.driver.revert_to_snapshot(cinder.context, volume, snapshot)
    assert array.read(volume.name, 6) == 'before'
    array.write(volume.name, 'again!')
    clone = cinder.volume()
    cinder.driver.create_volume_from_snapshot(clone, snapshot)
    assert array.read(clone.name, 6) == 'before'
    cinder.driver.delete_snapshot(snapshot)  # waits for the clone that reads from it
    cinder.driver.delete_volume(volume)
    assert array.read(clone.name, 6) == 'before'
    cinder.driver.delete_volume(clone)
    assert array.names('lsvdisk') == []
    assert array.rows('lsfcmap') == []


def test_attach_names_the_ports_of_both_nodes(array, cinder):
    volume = cinder.created()
    connection = cinder.driver.initialize_connection(volume, CONNECTOR)
    data = connection['data']
    ports = {row['WWPN'] for row in array.rows('lstargetportfc') if row['host_io_permitted'] == 'yes'}
    assert connection['driver_volume_type'] == 'fibre_channel'
    assert data['target_wwn']
    assert set(data['target_wwn']) <= ports
    assert set(data['initiator_target_map']) == set(CONNECTOR['wwpns'])
    mapped = array.rows(f'lsvdiskhostmap {volume.name}')
    assert [int(row['SCSI_id']) for row in mapped] == [data['target_lun']]
    again = cinder.driver.initialize_connection(volume, CONNECTOR)['data']
    assert again['target_lun'] == data['target_lun']
    assert len(array.rows('lshost')) == 1


def test_a_second_port_of_the_host_does_not_make_a_second_host(array, cinder):
    volume = cinder.created()
    cinder.driver.initialize_connection(volume, {**CONNECTOR, 'wwpns': ['2100000000000002']})
    assert len(array.rows('lshost')) == 1


def test_two_hosts_at_one_volume_have_a_map_each(array, cinder):
    volume = cinder.created()
    other = {**CONNECTOR, 'host': 'compute2', 'wwpns': ['2100000000000003']}
    cinder.driver.initialize_connection(volume, CONNECTOR)
    cinder.driver.initialize_connection(volume, other)
    assert len({row['host_name'] for row in array.rows(f'lsvdiskhostmap {volume.name}')}) == 2
    cinder.driver.terminate_connection(volume, other)
    assert len(array.rows(f'lsvdiskhostmap {volume.name}')) == 1
    assert len(array.rows('lshost')) == 1


def test_connector_without_ports_is_refused(cinder):
    with pytest.raises(exception.InvalidConnectorException):
        cinder.driver.validate_connector({'host': 'compute1', 'initiator': 'iqn.2026-11.example:compute1'})


def test_port_that_is_none_is_refused(array, cinder):
    volume = cinder.created()
    with pytest.raises(exception.VolumeDriverException):
        cinder.driver.initialize_connection(volume, {**CONNECTOR, 'host': 'compute9', 'wwpns': ['no-port']})
    assert array.rows(f'lsvdiskhostmap {volume.name}') == []
