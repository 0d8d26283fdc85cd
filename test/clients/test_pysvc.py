# IBM's SVC client library (pysvc2) over SSH: it asks the array for its command line (catxmlspec) and builds its calls from the answer.
# The calls are those of IBM's block CSI driver, which stands on this library.
import pytest
from pysvc import errors as connection_errors
from pysvc.unified.client import connect
from pysvc.unified.response import CLIFailureError

from svc import PASSWORD, USER

MIB = 2**20


@pytest.fixture(scope='module')
def svc(array):
    client = connect('127.0.0.1', username=USER, password=PASSWORD, port=array.ssh_port, cmd_timeout=60)
    yield client
    client.close()


def refused(call, code, **arguments):
    with pytest.raises(CLIFailureError, match=code):
        call(**arguments)


def made(svc, name, **more):
    svc.svctask.mkvolume(name=name, unit='b', size=64 * MIB, pool='Pool0', **more)
    return svc.svcinfo.lsvdisk(bytes=True, object_id=name).as_single_element


def test_the_command_line_comes_from_the_array(svc):
    assert svc.get_device_info()[0] == 'svc'
    for command in ('lsvdisk', 'lsfcmap', 'lshostvdiskmap', 'lssystem', 'lsfcconsistgrp'):
        assert command in dir(svc.svcinfo)
    for command in ('mkvolume', 'mkfcmap', 'startfcmap', 'mkvdiskhostmap', 'startfcconsistgrp'):
        assert command in dir(svc.svctask)


def test_system_and_pools(svc):
    [system] = [row for row in svc.svcinfo.lssystem() if row.location == 'local']
    assert system.name == 'clients'
    assert [row.name for row in svc.svcinfo.lsmdiskgrp(bytes=True)] == ['Pool0']
    assert len(svc.svcinfo.lsnode().as_list) == 2


def test_create_thin_and_thick(array, svc):
    assert int(made(svc, 'thick').capacity) == 64 * MIB
    assert made(svc, 'thin', thin=True).se_copy_count == '1'
    assert {'thick', 'thin'} <= set(array.names('lsvdisk'))
    refused(svc.svctask.mkvolume, 'CMMVC6035E', name='thin', unit='b', size=64 * MIB, pool='Pool0')


def test_copy_is_a_point_in_time_and_start_is_not_repeated(array, svc):
    made(svc, 'source')
    made(svc, 'target', thin=True)
    array.write('source', 'before')
    svc.svctask.mkfcmap(source='source', target='target', name='m1', copyrate=0)
    map_id = svc.svcinfo.lsvdisk(object_id='target').as_single_element.FC_id
    svc.svctask.startfcmap(object_id=map_id, prep=True)
    array.write('source', 'after!')
    assert array.read('target', 6) == 'before'
    assert svc.svcinfo.lsfcmap(object_id=map_id).as_single_element.status == 'copying'
    refused(svc.svctask.startfcmap, 'CMMVC59', object_id=map_id, prep=True)
    refused(svc.svctask.mkfcmap, 'CMMVC6466E', source='source', target='target', name='m2')


def test_group_copy(array, svc):
    for name in ('a1', 'a2', 'b1', 'b2'):
        made(svc, name)
    svc.svctask.mkfcconsistgrp(name='pairs')
    for n in ('1', '2'):
        array.write(f'a{n}', 'before')
        svc.svctask.mkfcmap(source=f'a{n}', target=f'b{n}', consistgrp='pairs', copyrate=150)
    svc.svctask.startfcconsistgrp(object_id='pairs', prep=True)
    for n in ('1', '2'):
        array.write(f'a{n}', 'after!')
    assert [array.read(name, 6) for name in ('b1', 'b2')] == ['before', 'before']
    rows = [row for row in svc.svcinfo.lsfcmap(filtervalue='group_name=pairs')]
    assert len({row.start_time for row in rows}) == 1
    array.eventually(lambda: array.detail('lsfcconsistgrp', 'pairs')['status'] == 'idle_or_copied')
    svc.svctask.rmfcconsistgrp(object_id='pairs', force=True)
    assert array.rows('lsfcconsistgrp') == []


def test_snapshot_and_restore(array, svc):
    volume = made(svc, 'shot')
    array.write('shot', 'before')
    svc.svctask.addsnapshot(name='snap1', volumes=volume.id, pool='Pool0')
    [row] = svc.svcinfo.lsvolumesnapshot(filtervalue='snapshot_name=snap1').as_list
    array.write('shot', 'after!')
    refused(svc.svctask.addsnapshot, 'CMMVC6035E', name='snap1', volumes=volume.id, pool='Pool0')
    svc.svctask.restorefromsnapshot(snapshotid=row.snapshot_id)
    assert array.read('shot', 6) == 'before'
    svc.svctask.rmsnapshot(snapshotid=row.snapshot_id)
    array.eventually(lambda: array.rows('lsvolumegroupsnapshot') == [])
    refused(svc.svctask.rmsnapshot, 'CMMVC9755E', snapshotid=row.snapshot_id)


def test_attach_by_iscsi_and_fibre_channel(array, svc):
    made(svc, 'mapped')
    svc.svctask.mkhost(name='h1', iscsiname='iqn.2026-11.example:h1')
    svc.svctask.mkhost(name='h2', fcwwpn='2100000000000001')
    refused(svc.svctask.mkhost, 'CMMVC6035E', name='h1', iscsiname='iqn.2026-11.example:other')
    refused(svc.svctask.mkhost, 'CMMVC6578E', name='h3', iscsiname='iqn.2026-11.example:h1')
    refused(svc.svctask.mkhost, 'CMMVC5867E', name='h3', fcwwpn='2100000000000001')
    svc.svctask.mkvdiskhostmap(host='h1', object_id='mapped', scsi='0', force=True)
    svc.svctask.mkvdiskhostmap(host='h2', object_id='mapped', scsi='0', force=True)
    refused(svc.svctask.mkvdiskhostmap, 'CMMVC587', host='h1', object_id='thin', scsi='0', force=True)
    maps = svc.svcinfo.lsvdiskhostmap(vdisk_name='mapped').as_list
    assert {row.host_name for row in maps} == {'h1', 'h2'} == {row['host_name'] for row in array.rows('lsvdiskhostmap mapped')}
    refused(svc.svctask.rmvdisk, 'CMMVC5840E', vdisk_id='mapped')
    for host in ('h1', 'h2'):
        svc.svctask.rmvdiskhostmap(host=host, vdisk_id='mapped')
    refused(svc.svctask.rmvdiskhostmap, 'CMMVC5842E', host='h1', vdisk_id='mapped')
    assert array.rows('lsvdiskhostmap mapped') == []


def test_many_hosts_in_one_line_are_read_as_sections(array, svc):
    stdout, _ = svc.send_raw_command('lshost -delim : h1;echo;lshost -delim : h2;echo;')
    assert len([section for section in stdout.decode().split('\n\n') if section.strip()]) == 2


def test_delete_in_the_order_the_array_wants(array, svc):
    refused(svc.svctask.rmvdisk, 'CMMVC5840E', vdisk_id='target')
    svc.svctask.stopfcmap(object_id='m1')
    refused(svc.svctask.stopfcmap, 'CMMVC5912E', object_id='m1')
    refused(svc.svctask.rmfcmap, 'CMMVC5899E', object_id='m1')
    svc.svctask.rmfcmap(object_id='m1', force=True)
    svc.svctask.rmvolume(vdisk_id='target')
    refused(svc.svctask.rmvolume, 'CMMVC', vdisk_id='target')
    assert 'target' not in array.names('lsvdisk')


@pytest.mark.parametrize(
    ('command', 'arguments', 'code'),
    [
        ('mkvolume', {'name': 'x', 'unit': 'b', 'size': 64 * MIB, 'pool': 'Nowhere'}, 'CMMVC5804E'),
        ('mkvolume', {'name': '9lives', 'unit': 'b', 'size': 64 * MIB, 'pool': 'Pool0'}, 'CMMVC6527E'),
        ('mkvolume', {'name': 'x', 'unit': 'b', 'size': 1000, 'pool': 'Pool0'}, 'CMMVC7019E'),
        ('mkvolume', {'name': 'x', 'unit': 'gb', 'size': 900, 'pool': 'Pool0'}, 'CMMVC8710E'),
        ('mkfcmap', {'source': 'thin', 'target': 'nope'}, 'CMMVC5804E'),
        ('addsnapshot', {'name': 'x', 'volumes': 'thick', 'pool': 'Nowhere'}, 'CMMVC5754E'),
    ],
)
def test_wrong_input_is_refused_by_the_array(array, svc, command, arguments, code):
    before = array.state()
    refused(getattr(svc.svctask, command), code, **arguments)
    assert array.state() == before


def test_parameter_the_array_does_not_name_is_refused_by_the_library(svc):
    with pytest.raises(Exception, match='colour'):
        svc.svctask.mkvolume(name='x', colour='red')


def test_wrong_password_is_no_connection(array):
    with pytest.raises(connection_errors.IncorrectCredentials):
        connect('127.0.0.1', username=USER, password='wrong', port=array.ssh_port)
