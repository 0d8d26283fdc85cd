# curl by hand: tokens, paths, bodies, HTTP codes, what a client is told that goes too fast.
import json
import subprocess
import time

import pytest

from svc import PASSWORD, USER


class Curl:
    def __init__(self, array):
        self.array = array
        self.token = self.call('auth', headers={'X-Auth-Username': USER, 'X-Auth-Password': PASSWORD})[1]['token']

    def call(self, path, hasty=False, **more):
        """HTTP status and body, as JSON where it is JSON. Told that it goes too fast it waits, as a client should, unless it is hasty."""
        answer = self.call_once(path, **more)
        while answer[0] == 429 and not hasty:
            time.sleep(0.5)
            answer = self.call_once(path, **more)
        return answer

    def call_once(self, path, body='', headers=None, root='/rest/v1', method='POST'):
        headers = {'X-Auth-Token': self.token} if headers is None else headers
        words = [word for pair in headers.items() for word in ('-H', ': '.join(pair))]
        url = f'https://127.0.0.1:{self.array.rest_port}{root}/{path}'
        command = ['curl', '-sS', '--cacert', self.array.certificate, '-X', method, *words]
        command += ['-d', body if isinstance(body, str) else json.dumps(body), '-w', '\n%{http_code}', url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        text, status = done.stdout.rsplit('\n', 1)
        try:
            return int(status), json.loads(text)
        except ValueError:
            return int(status), text

    def done(self, path, body=''):
        status, answer = self.call(path, body=body)
        assert status == 200, answer
        return answer


@pytest.fixture(scope='module')
def curl(array):
    return Curl(array)


def test_create_copy_delete(array, curl):
    for name in ('a', 'b'):
        made = curl.done('mkvdisk', {'name': name, 'mdiskgrp': 'Pool0', 'iogrp': 0, 'size': 64, 'unit': 'mb', 'warning': None})
        assert made['message'] == f'Virtual Disk, id [{made["id"]}], successfully created'
    array.write('a', 'before')
    curl.done('mkfcmap', {'source': 'a', 'target': 'b', 'name': 'm1', 'copyrate': '150', 'cleanrate': None})
    assert curl.done('startfcmap/m1', {'prep': True}) in ('', {})
    array.write('a', 'after!')
    assert array.read('b', 6) == 'before'
    assert curl.done('lsfcmap/m1')['target_vdisk_name'] == 'b'
    array.eventually(lambda: array.detail('lsfcmap', 'm1')['status'] == 'idle_or_copied')
    curl.done('rmfcmap/m1')
    curl.done('rmvdisk/b')
    assert [row['name'] for row in curl.done('lsvdisk')] == ['a'] == array.names('lsvdisk')


def test_group_copy_and_revert(array, curl):
    for name in ('p', 'q', 'p2', 'q2'):
        curl.done('mkvdisk', {'name': name, 'mdiskgrp': 'Pool0', 'iogrp': 'io_grp0', 'size': '64', 'unit': 'mb'})
    curl.done('mkfcconsistgrp', {'name': 'g'})
    for name in ('p', 'q'):
        array.write(name, 'before')
        curl.done('mkfcmap', {'source': name, 'target': f'{name}2', 'consistgrp': 'g', 'copyrate': 0})
    curl.done('startfcconsistgrp/g', {'prep': True})
    view = curl.done('lsfcconsistgrp/g')
    assert [len(part) for part in view[1:]] == [2, 2]  # the group, then one object for each member
    for name in ('p', 'q'):
        array.write(name, 'after!')
        curl.done('mkfcmap', {'source': f'{name}2', 'target': name, 'name': f'back_{name}', 'copyrate': 150, 'autodelete': True})
        curl.done(f'startfcmap/back_{name}', {'prep': True, 'restore': True})
    assert [array.read(name, 6) for name in ('p', 'q', 'p2', 'q2')] == ['before'] * 4
    array.eventually(lambda: len(array.rows('lsfcmap')) == 2)  # the ways back have deleted themselves


def test_snapshot_is_taken_and_restored(array, curl):
    array.write('a', 'before')
    taken = curl.done('addsnapshot', {'volumes': 'a', 'name': 's'})
    array.write('a', 'after!')
    curl.done('restorefromsnapshot', {'snapshotid': taken['id']})
    assert array.read('a', 6) == 'before'
    array.eventually(lambda: array.rows('lsvolumepopulation') == [])
    curl.done('rmsnapshot', {'snapshotid': taken['id']})


def test_attach_by_iscsi_and_fibre_channel(array, curl):
    curl.done('mkhost', {'name': 'h1', 'iscsiname': 'iqn.2026-11.example:h1'})
    curl.done('mkhost', {'name': 'h2', 'fcwwpn': '2100000000000001'})
    curl.done('mkvdiskhostmap/a', {'host': 'h1'})
    curl.done('mkvdiskhostmap/a', {'host': 'h2', 'force': True})
    assert {row['host_name'] for row in curl.done('lsvdiskhostmap/a')} == {'h1', 'h2'}
    for host in ('h1', 'h2'):
        curl.done('rmvdiskhostmap/a', {'host': host})
    assert array.rows('lsvdiskhostmap a') == []


def test_every_value_is_text_and_both_roots_serve(curl):
    row = curl.done('lsvdisk/a', {'bytes': True})
    flat = row if isinstance(row, dict) else row[0]
    assert flat['capacity'] == str(64 * 2**20)
    for root in ('/rest', '/rest/v1'):
        for body in ('', 'null', '{}'):
            assert curl.call('lssystem', body=body, root=root)[0] == 200


@pytest.mark.parametrize(
    ('path', 'more', 'status', 'says'),
    [
        ('lsvdisk/nope', {}, 500, 'CMMVC5754E'),
        ('mkvdisk', {'body': {'name': 'a', 'mdiskgrp': 'Pool0', 'size': 1}}, 409, 'CMMVC6035E'),
        ('mkvdisk', {'body': {'name': 'x'}}, 500, 'CMMVC5707E'),
        ('nosuchthing', {}, 404, ''),
        ('lsvdisk', {'body': '{broken'}, 400, ''),
        ('lsvdisk', {'headers': {}}, 401, ''),
        ('lsvdisk', {'headers': {'X-Auth-Token': 'made-up'}}, 403, ''),
        ('lsvdisk', {'method': 'GET'}, 405, ''),
        ('auth', {'headers': {'X-Auth-Username': USER, 'X-Auth-Password': 'wrong'}}, 401, ''),
    ],
)
def test_wrong_input(array, curl, path, more, status, says):
    before = array.state()
    answer = curl.call(path, **more)
    assert answer[0] == status and says in str(answer[1])
    assert array.state() == before


def test_who_goes_too_fast_is_told_429_and_served_later(array, curl):
    time.sleep(1)  # what came before does not count any more
    array.run('simfault -on rest -do http:429 -times 2')
    assert [curl.call('lssystem', hasty=True)[0] for _ in range(3)] == [429, 429, 200]
    time.sleep(1)
    headers = {'X-Auth-Username': USER, 'X-Auth-Password': PASSWORD}
    tokens = {curl.call('auth', headers=headers)[1]['token'] for _ in range(2)}
    assert len(tokens) == 2


def test_tokens_die_in_a_failover(array, curl):
    array.fail_over()
    array.eventually(lambda: curl.call('lssystem')[0] == 403)
    assert Curl(array).done('lssystem')['name'] == 'clients'
