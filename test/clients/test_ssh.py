# OpenSSH by hand: password and key, exit status, both streams, several commands in a line, one connection for many.
import concurrent.futures
import os
import subprocess

import pytest

from svc import PASSWORD, USER

QUIET = {'UserKnownHostsFile': os.devnull, 'StrictHostKeyChecking': 'no', 'LogLevel': 'ERROR', 'PubkeyAuthentication': 'no'}


@pytest.fixture(scope='module')
def ssh(array):
    def run(line, password=PASSWORD, port=None, **options):
        settings = {**QUIET, 'ControlMaster': 'auto', 'ControlPath': array.folder / f'by-hand-{password}', 'ControlPersist': 30}
        words = [word for pair in ({**settings, **options}).items() for word in ('-o', '='.join(map(str, pair)))]
        command = ['sshpass', '-e', 'ssh', *words, '-p', str(port or array.ssh_port), f'{USER}@127.0.0.1', line]
        environment = {**os.environ, 'SSHPASS': password}
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)

    return run


def test_create_copy_read_delete(array, ssh):
    for name in ('a', 'b'):
        done = ssh(f'mkvdisk -name {name} -mdiskgrp Pool0 -iogrp io_grp0 -size 64 -unit mb')
        assert (done.returncode, done.stderr) == (0, '')
        assert done.stdout.startswith('Virtual Disk, id [') and done.stdout.endswith('], successfully created\n')
    array.write('a', 'before')
    assert 'successfully created' in ssh('mkfcmap -source a -target b -copyrate 150 -name m1').stdout
    assert ssh('startfcmap -prep m1').stdout == ''
    array.write('a', 'after!')
    assert array.read('b', 6) == 'before'
    array.eventually(lambda: array.detail('lsfcmap', 'm1')['status'] == 'idle_or_copied')
    assert ssh('rmfcmap m1 && rmvdisk b; lsvdisk -nohdr -delim :').stdout.count('\n') == 1


def test_group_copy_revert_and_repeat(array, ssh):
    line = '; '.join(f'mkvdisk -name {name} -mdiskgrp Pool0 -iogrp 0 -size 64 -unit mb' for name in ('p', 'q', 'p2', 'q2'))
    assert ssh(line).returncode == 0
    assert ssh('mkfcconsistgrp -name g; mkfcmap -source p -target p2 -copyrate 0 -consistgrp g; mkfcmap -source q -target q2 -copyrate 0 -consistgrp g').returncode == 0
    for name in ('p', 'q'):
        array.write(name, 'before')
    assert ssh('prestartfcconsistgrp g').returncode == 0
    array.eventually(lambda: ssh('lsfcconsistgrp -delim : g').stdout.find('status:prepared') > 0)
    assert ssh('startfcconsistgrp g').returncode == 0
    again = ssh('startfcconsistgrp g')
    assert (again.returncode, again.stdout, again.stderr[:11]) == (1, '', 'CMMVC5907E ')
    for name in ('p', 'q'):
        array.write(name, 'after!')
    for name in ('p', 'q'):
        assert ssh(f'mkfcmap -source {name}2 -target {name} -copyrate 150 -autodelete -name back_{name}').returncode == 0
        assert ssh(f'startfcmap -prep -restore back_{name}').returncode == 0
    assert [array.read(name, 6) for name in ('p', 'q', 'p2', 'q2')] == ['before'] * 4
    array.eventually(lambda: len(array.rows('lsfcmap')) == 2)  # the ways back have deleted themselves


def test_snapshot_of_the_array_is_restored(array, ssh):
    array.write('a', 'before')
    assert ssh('addsnapshot -volumes a -name s').returncode == 0
    array.write('a', 'after!')
    assert ssh('restorefromsnapshot -snapshotid 0').returncode == 0
    assert array.read('a', 6) == 'before'
    array.eventually(lambda: array.rows('lsvolumepopulation') == [])  # what is still being restored would change the state by itself


def test_attach_by_iscsi_and_fibre_channel_and_detach(array, ssh):
    assert ssh('mkhost -name h1 -iscsiname iqn.2026-11.example:h1; mkhost -name h2 -fcwwpn 2100000000000001').returncode == 0
    assert ssh('mkvdiskhostmap -host h1 a && mkvdiskhostmap -force -host h2 a').returncode == 0
    assert len(array.rows('lsvdiskhostmap a')) == 2
    assert ssh('rmvdisk a').stderr.startswith('CMMVC5840E ')
    assert ssh('rmvdiskhostmap -host h1 a; rmvdiskhostmap -host h2 a; rmhost h1; rmhost h2').returncode == 0
    assert array.rows('lshost') == []


@pytest.mark.parametrize(
    ('line', 'status', 'says'),
    [
        ('rmvdisk nope', 1, 'CMMVC5753E'),
        ('mkvdisk -name x -mdiskgrp Pool0 -size', 1, 'CMMVC5707E'),
        ('mkrcrelationship -master a -aux p', 1, 'CMMVC7205E'),
        ('cat /etc/passwd', 127, 'command not found'),
        ("lsvdisk 'a", 2, 'rbash'),
        ('rmvdisk nope || echo $?', 0, 'CMMVC5753E'),
    ],
)
def test_wrong_input(array, ssh, line, status, says):
    before = array.state()
    done = ssh(line)
    assert (done.returncode, says in done.stderr) == (status, True)
    assert array.state() == before


def test_wrong_password_is_refused(ssh):
    assert ssh('lssystem', password='wrong').returncode in (5, 255)


def test_second_address_serves_the_same_array(array, ssh):
    done = ssh('lsvdisk -delim :', port=array.second_ssh_port, ControlPath='none', ControlMaster='no')
    assert done.stdout == ssh('lsvdisk -delim :').stdout != ''


def test_channels_of_one_connection_at_the_same_time(ssh):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ssh('lsvdisk -delim :'), range(8)))
    assert {done.returncode for done in answers} == {0}
    assert len({done.stdout for done in answers}) == 1
