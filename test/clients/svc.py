# One simulated array in a process of its own, and a look at its state that does not pass through the client under test.
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

PROJECT = pathlib.Path(__file__).resolve().parents[2]
USER, PASSWORD = 'superuser', 'change-me'
GIB = 2**30


def configuration(name, key, **more):
    """One I/O group, two nodes, portset0, FC ports, real-time clocks: what an array has unless told otherwise."""
    watcher = {'name': 'watcher', 'publicKey': key}
    return {
        'system': {'name': name, 'codeLevel': '8.6.0.0'},
        'users': [{'name': USER, 'password': PASSWORD}, watcher],
        'pools': [{'name': 'Pool0', 'capacity': '200GiB'}],
        **more,
    }


class Array:
    """`flashcopy simulator` on free ports. Beside the client stands a watcher with a key, over OpenSSH."""

    def __init__(self, name='clients', rest_port=0, **more):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='fc-clients-'))
        self.key = self.folder / 'id'
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', self.key], check=True)
        public = self.key.with_suffix('.pub').read_text().strip()
        config = self.folder / 'array.json'
        config.write_text(json.dumps(configuration(name, public, **more)))
        self.certificate = self.folder / 'data' / 'rest_certificate.pem'
        command = ['node', PROJECT / 'dist/cli/main.js', 'simulator', '--config', config]
        command += ['--data', self.folder / 'data', '--ssh', '127.0.0.1:0', '--ssh2', '127.0.0.1:0']
        command += ['--rest', f'127.0.0.1:{rest_port}']
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.ssh_port, self.second_ssh_port, self.rest_port = self._ports()

    def _ports(self):
        said = []
        for line in self.process.stdout:
            said.append(line)
            ports = re.search(r'ready: ssh port (\d+), second ssh port (\d+), rest port (\d+)', line)
            if ports:
                return map(int, ports.groups())
        raise RuntimeError(f'the simulator did not start: {"".join(said)}')

    def close(self):
        subprocess.run(self._ssh('-O', 'exit'), capture_output=True)
        self.process.terminate()
        self.process.wait(timeout=20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ssh(self, *options):
        quiet = {'StrictHostKeyChecking': 'no', 'UserKnownHostsFile': os.devnull, 'LogLevel': 'ERROR'}
        one_connection = {'ControlMaster': 'auto', 'ControlPath': self.folder / 'control', 'ControlPersist': 60}
        settings = {**quiet, **one_connection, 'IdentitiesOnly': 'yes'}
        words = [word for key, value in settings.items() for word in ('-o', f'{key}={value}')]
        return ['ssh', *words, '-i', self.key, '-p', str(self.ssh_port), *options, 'watcher@127.0.0.1']

    def run(self, line):
        """Standard output of a command line; AssertionError with what the array said when it refuses."""
        done = subprocess.run([*self._ssh(), line], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f'{line}: {done.stderr}'
        return done.stdout

    def fail_over(self):
        """The other node takes over: every connection drops, this one too, every token dies."""
        subprocess.run([*self._ssh(), 'simfailover -downms 0'], capture_output=True, timeout=60)

    def rows(self, line):
        """A concise view as dictionaries."""
        head, *lines = self.run(f'{line} -delim !').splitlines() or ['']
        return [dict(zip(head.split('!'), row.split('!'), strict=True)) for row in lines]

    def detail(self, command, name):
        """A detailed view; of a key that stands there several times the first."""
        lines = self.run(f'{command} -delim ! {name}').splitlines()
        return dict(reversed([line.split('!', 1) for line in lines if line]))

    def names(self, command):
        return sorted(row['name'] for row in self.rows(command))

    def state(self):
        """The whole array as a table, without the line that has the time."""
        return self.run('simstate').split('\n', 1)[1]

    def write(self, volume, text, offset=0):
        """Bytes as a host would have written them."""
        self.run(f'simwrite -offset {offset} -text {text} {volume}')

    def read(self, volume, length, offset=0):
        return self.run(f'simread -offset {offset} -length {length} {volume}').strip().strip('"')

    def count(self, what):
        """A line of `simstats`: how often clients sent a command, logged in, ..."""
        return {row['what']: int(row['count']) for row in self.rows('simstats')}.get(what, 0)

    def eventually(self, condition, seconds=60):
        """Waits for a condition, not for a time."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f'not within {seconds} s'
            time.sleep(0.3)
