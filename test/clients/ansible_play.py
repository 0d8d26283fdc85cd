# Runs tasks of the collection ibm.storage_virtualize with ansible-playbook, as a play on localhost; REST, the certificate checked.
import json
import os
import pathlib
import subprocess
import sys

from svc import PASSWORD, USER

PLAYBOOK = pathlib.Path(sys.executable).parent / 'ansible-playbook'
REST_PORT = 7443  # the collection knows no other


class Ansible:
    def __init__(self, array):
        self.array = array
        self.common = {'clustername': '127.0.0.1', 'username': USER, 'password': PASSWORD, 'validate_certs': True}
        self.common['log_path'] = str(array.folder / 'ansible.log')

    def run(self, *tasks, check=False, **common):
        """Each task is (module, arguments). Answers the result of each: `changed`, `failed`, `msg`, ..."""
        common = {**self.common, **common}
        listed = [
            {f'ibm.storage_virtualize.{module}': {**common, **arguments}, 'ignore_errors': True}
            for module, arguments in tasks
        ]
        file = self.array.folder / 'play.json'  # JSON is YAML
        file.write_text(json.dumps([{'hosts': 'localhost', 'gather_facts': False, 'tasks': listed}]))
        environment = {
            **os.environ,
            'ANSIBLE_HOME': str(self.array.folder / 'ansible'),
            'ANSIBLE_STDOUT_CALLBACK': 'ansible.posix.json',
            'SSL_CERT_FILE': str(self.array.certificate),
            'LC_ALL': 'C.UTF-8',
        }
        command = [PLAYBOOK, '-i', 'localhost,', '-c', 'local', '-e', f'ansible_python_interpreter={sys.executable}']
        done = subprocess.run(
            [*command, *(['--check'] if check else []), file],
            capture_output=True, text=True, timeout=240, env=environment,
        )
        said = done.stdout[done.stdout.find('{') :]
        try:
            plays = json.loads(said)['plays']
        except ValueError as error:
            raise AssertionError(f'{done.stdout}\n{done.stderr}') from error
        return [task['hosts']['localhost'] for task in plays[0]['tasks']]

    def one(self, module, check=False, **arguments):
        return self.run((module, arguments), check=check)[0]


def volume(name, **more):
    return 'ibm_svc_manage_volume', {'name': name, 'state': 'present', 'pool': 'Pool0', 'size': '256', 'unit': 'mb', **more}
