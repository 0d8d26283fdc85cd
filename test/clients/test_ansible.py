# The Ansible collection ibm.storage_virtualize over REST: each module twice, because a play is repeated, and with wrong input.
import pytest

from ansible_play import REST_PORT, Ansible, volume

ARRAY = {'rest_port': REST_PORT}
FLASHCOPY, START_STOP = 'ibm_svc_manage_flashcopy', 'ibm_svc_start_stop_flashcopy'
GROUP, SNAPSHOT = 'ibm_svc_manage_consistgrp_flashcopy', 'ibm_sv_manage_snapshot'


@pytest.fixture(scope='module')
def ansible(array):
    return Ansible(array)


def changed(results):
    assert not any(result.get('failed') for result in results), results
    return [result['changed'] for result in results]


def test_volumes_are_made_once(array, ansible):
    assert changed(ansible.run(volume('v1'), volume('v1'), volume('v2', thin=True))) == [True, False, True]
    assert array.names('lsvdisk') == ['v1', 'v2']
    assert int(array.detail('lsvdisk -bytes', 'v1')['capacity']) == 256 * 2**20
    assert array.detail('lsvdisk', 'v2')['se_copy_count'] == '1'


def test_check_mode_changes_nothing(array, ansible):
    module, arguments = volume('never')
    assert ansible.one(module, check=True, **arguments)['changed']
    assert 'never' not in array.names('lsvdisk')


def test_clone_is_created_started_and_complete(array, ansible):
    array.write('v1', 'before')
    mapping = {'name': 'm1', 'state': 'present', 'copytype': 'clone', 'source': 'v1', 'target': 'c1', 'copyrate': 150}
    start = {'name': 'm1', 'state': 'started'}
    assert changed(ansible.run((FLASHCOPY, mapping), (FLASHCOPY, mapping), (START_STOP, start))) == [True, False, True]
    array.write('v1', 'after!')
    assert array.read('c1', 6) == 'before'
    array.eventually(lambda: 'm1' not in array.names('lsfcmap'))  # autodelete
    assert array.read('c1', 6) == 'before'


def test_group_copy_cuts_both_and_stops(array, ansible):
    members = [
        {'name': f'g{n}', 'state': 'present', 'copytype': 'snapshot', 'source': f'v{n}', 'target': f's{n}', 'consistgrp': 'cg1'}
        for n in (1, 2)
    ]
    group = {'name': 'cg1', 'state': 'present'}
    start = {'name': 'cg1', 'state': 'started', 'isgroup': True}
    for name in ('v1', 'v2'):
        array.write(name, 'before')
    made = ansible.run((GROUP, group), (GROUP, group), *((FLASHCOPY, member) for member in members))
    assert changed(made) == [True, False, True, True]
    assert changed(ansible.run((START_STOP, start), (START_STOP, start))) == [True, False]
    for name in ('v1', 'v2'):
        array.write(name, 'after!')
    assert [array.read(name, 6) for name in ('s1', 's2')] == ['before', 'before']
    assert len({row['start_time'] for row in array.rows('lsfcmap')}) == 1
    stop = {**start, 'state': 'stopped'}
    assert changed(ansible.run((START_STOP, stop), (START_STOP, stop))) == [True, False]
    assert array.detail('lsfcconsistgrp', 'cg1')['status'] == 'stopped'
    assert array.detail('lsvdisk', 's1')['status'] == 'offline'


def test_group_and_mappings_go(array, ansible):
    gone = [(FLASHCOPY, {'name': f'g{n}', 'state': 'absent', 'force': True}) for n in (1, 2)]
    group = (GROUP, {'name': 'cg1', 'state': 'absent'})
    assert changed(ansible.run(*gone, group, gone[0], group)) == [True, True, True, False, False]
    assert array.rows('lsfcmap') == []
    assert array.rows('lsfcconsistgrp') == []


def test_snapshot_of_a_volume_group_and_restore(array, ansible):
    group = ('ibm_svc_manage_volumegroup', {'name': 'vg1', 'state': 'present'})
    volumes = [volume(name, volumegroup='vg1') for name in ('w1', 'w2')]
    assert changed(ansible.run(group, group, *volumes)) == [True, False, True, True]
    for name in ('w1', 'w2'):
        array.write(name, 'before')
    snapshot = {'name': 'snap1', 'src_volumegroup_name': 'vg1'}
    taken = (SNAPSHOT, {**snapshot, 'state': 'present'})
    assert changed(ansible.run(taken, taken)) == [True, False]
    for name in ('w1', 'w2'):
        array.write(name, 'after!')
    assert changed(ansible.run((SNAPSHOT, {**snapshot, 'state': 'restore'}))) == [True]
    assert [array.read(name, 6) for name in ('w1', 'w2')] == ['before', 'before']
    gone = (SNAPSHOT, {**snapshot, 'state': 'absent'})
    assert changed(ansible.run(gone, gone)) == [True, False]
    array.eventually(lambda: array.rows('lsvolumegroupsnapshot') == [])


def test_group_cloned_from_a_snapshot_outlives_it(array, ansible):
    group = ('ibm_svc_manage_volumegroup', {'name': 'vg2', 'state': 'present'})
    snapshot = {'name': 'snap2', 'src_volumegroup_name': 'vg2'}
    assert changed(ansible.run(group, volume('x1', size='16', volumegroup='vg2'))) == [True, True]
    array.write('x1', 'before')
    copy = {'name': 'vg3', 'state': 'present', 'type': 'clone', 'snapshot': 'snap2', 'fromsourcegroup': 'vg2', 'pool': 'Pool0'}
    taken = (SNAPSHOT, {**snapshot, 'state': 'present'})
    assert changed(ansible.run(taken, ('ibm_svc_manage_volumegroup', copy))) == [True, True]
    array.write('x1', 'after!')
    [made] = array.rows('lsvdisk -filtervalue volume_group_name=vg3')
    assert array.read(made['name'], 6) == 'before'
    result = ansible.one(SNAPSHOT, **snapshot, state='absent')
    assert 'dependent_delete' in result['msg']
    array.eventually(lambda: array.rows('lsvolumegroupsnapshot') == [])  # when the clone has all its grains
    assert array.read(made['name'], 6) == 'before'


def test_snapshot_policy_is_made_given_to_a_group_held_back_and_removed(array, ansible):
    module = 'ibm_sv_manage_snapshotpolicy'
    rhythm = {'backupunit': 'hour', 'backupinterval': '1', 'backupstarttime': '9001010000', 'retentiondays': '2'}
    policy = (module, {'name': 'p1', 'state': 'present', **rhythm})
    assert changed(ansible.run(policy, policy, (module, {**policy[1], 'retentiondays': '3'}))) == [True, False, False]
    assert array.detail('lssnapshotpolicy', 'p1')['retention_days'] == '2'
    given = {'name': 'vg4', 'state': 'present', 'snapshotpolicy': 'p1', 'policystarttime': '9001010100'}
    group = ('ibm_svc_manage_volumegroup', given)
    held = ('ibm_svc_manage_volumegroup', {**given, 'snapshotpolicysuspended': 'yes'})
    assert changed(ansible.run(group, group, held, held)) == [True, False, True, False]
    told = array.detail('lsvolumegroupsnapshotpolicy', 'vg4')
    assert [told[f'snapshot_policy_{what}'] for what in ('start_time', 'suspended')] == ['900101010000', 'yes']
    facts = ansible.one('ibm_svc_info', gather_subset=['snapshotpolicy', 'snapshotpolicyschedule'])
    assert [row['name'] for row in facts['SnapshotPolicy'] if row['name'].startswith('p1')] == ['p1']
    assert 'p1' in {row['policy_name'] for row in facts['SnapshotSchedule']}
    assert changed(ansible.run((module, {'state': 'suspend'}), (module, {'state': 'resume'}))) == [True, True]
    gone = {'name': 'p1', 'state': 'absent'}
    assert 'CMMVC6032E' in str(ansible.one(module, **gone))
    forced = (module, {**gone, 'removefromvolumegroups': True})
    assert changed(ansible.run(forced, forced)) == [True, False]
    assert array.detail('lsvolumegroup', 'vg4')['snapshot_policy_name'] == ''
    assert changed(ansible.run(('ibm_svc_manage_volumegroup', {'name': 'vg4', 'state': 'absent'}))) == [True]


def test_attach_by_iscsi_and_fibre_channel_and_detach(array, ansible):
    host = 'ibm_svc_host'
    hosts = [
        (host, {'name': 'h1', 'state': 'present', 'iscsiname': 'iqn.2026-11.example:h1'}),
        (host, {'name': 'h2', 'state': 'present', 'fcwwpn': '2100000000000001:2100000000000002', 'protocol': 'scsi'}),
    ]
    assert changed(ansible.run(*hosts, *hosts)) == [True, True, False, False]
    assert array.detail('lshost', 'h2')['port_count'] == '2'
    maps = [('ibm_svc_vol_map', {'volname': 'v1', 'host': name, 'state': 'present'}) for name in ('h1', 'h2')]
    assert changed(ansible.run(*maps, *maps)) == [True, True, False, False]
    assert {row['host_name'] for row in array.rows('lsvdiskhostmap v1')} == {'h1', 'h2'}
    off = [(module, {**arguments, 'state': 'absent'}) for module, arguments in maps]
    assert changed(ansible.run(*off, off[0])) == [True, True, False]
    assert array.rows('lsvdiskhostmap v1') == []
    assert changed(ansible.run((host, {'name': 'h1', 'state': 'absent'}))) == [True]


def test_one_token_serves_many_tasks(array, ansible):
    token = ansible.one('ibm_svc_auth')['token']
    logins = array.count('restLogins')
    ansible.common.update(username=None, password=None, token=token)
    try:
        assert changed(ansible.run(volume('v1'), volume('v2'))) == [False, False]
    finally:
        ansible.common.update(Ansible(array).common, token=None)
    assert array.count('restLogins') == logins


def test_facts_of_everything_are_collected(array, ansible):
    result = ansible.one('ibm_svc_info', gather_subset=['all'])
    assert not result.get('failed'), result.get('msg')
    assert {row['name'] for row in result['Volume']} == set(array.names('lsvdisk'))
    assert result['System']['name'] == 'clients'


@pytest.mark.parametrize(
    ('module', 'arguments', 'says'),
    [
        (*volume('x', pool='Nowhere'), 'CMMVC'),
        (*volume('9lives'), 'CMMVC6527E'),
        (*volume('huge', size='9', unit='pb'), 'CMMVC'),
        (FLASHCOPY, {'name': 'm', 'state': 'present', 'copytype': 'clone', 'source': 'nope', 'target': 't'}, 'exist'),
        ('ibm_svc_vol_map', {'volname': 'nope', 'host': 'h2', 'state': 'present'}, 'exist'),
    ],
)
def test_wrong_input_fails_and_changes_nothing(array, ansible, module, arguments, says):
    before = array.state()
    result = ansible.one(module, **arguments)
    assert result.get('failed')
    assert says in str(result)
    assert array.state() == before


def test_start_of_a_mapping_that_is_not_there_says_so_and_fails_not(ansible):
    result = ansible.one(START_STOP, name='nope', state='started')
    assert not result['changed']
    assert 'does not exist' in result['msg']


def test_wrong_password_and_unknown_certificate_are_no_connection(array, ansible):
    [result] = ansible.run(volume('x'), password='wrong')
    assert result.get('unreachable')
    array.certificate, kept = array.folder / 'id.pub', array.certificate
    try:
        assert ansible.run(volume('x'))[0].get('unreachable')
    finally:
        array.certificate = kept
    assert 'x' not in array.names('lsvdisk')


def test_delete_takes_maps_along_and_a_repeat_is_no_change(array, ansible):
    gone = [('ibm_svc_manage_volume', {'name': name, 'state': 'absent'}) for name in ('c1', 's1', 'c1')]
    assert changed(ansible.run(*gone)) == [True, True, False]
    assert not {'c1', 's1'} & set(array.names('lsvdisk'))
