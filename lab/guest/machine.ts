// The virtual machine of a lab guest, as QEMU arguments. Saved memory fits only the same machine, so it is described once, here.
import { join } from 'node:path';
import type { Accelerator } from './accelerator.js';

export interface Machine {
  name: string;
  accelerator: Accelerator;
  imageDirectory: string;
  disk: string;
  seed: string;
  sshPort?: number;
  /** File with the saved memory of a booted guest; without it the machine boots. */
  memory?: string;
}

/** Every seed has this size: the size of a disk is part of the saved machine. */
export const seedBytes = 1024 * 1024;

const kernelCommandLine = [
  'root=/dev/vda rw console=ttyS0 quiet net.ifnames=0 systemd.show_status=false',
  // The guest runs lab data only; on an emulated processor these cost seconds of every boot. Not audit=0: then every login looks for a module of it.
  'mitigations=off nokaslr apparmor=0 no_timer_check random.trust_cpu=on rcupdate.rcu_expedited=1',
].join(' ');

/** Run in the lab's directory: sockets and files are named relative to it, since socket addresses are short. */
export function machineArguments(machine: Machine): string[] {
  const forward =
    machine.sshPort === undefined ? '' : `,hostfwd=tcp:127.0.0.1:${machine.sshPort}-:22`;
  return [
    ...['-name', machine.name, '-M', 'q35', ...machine.accelerator.args, '-smp', '2', '-m', '1024'],
    ...[
      '-nodefaults',
      '-no-user-config',
      '-display',
      'none',
      '-serial',
      `file:${machine.name}.console`,
    ],
    ...[
      '-chardev',
      `socket,id=seed,path=${machine.name}.seed.sock,server=on,wait=off`,
      '-serial',
      'chardev:seed',
    ],
    ...['-qmp', `unix:${machine.name}.qmp.sock,server=on,wait=off`],
    ...[
      '-kernel',
      join(machine.imageDirectory, 'vmlinuz'),
      '-initrd',
      join(machine.imageDirectory, 'initrd'),
    ],
    ...['-append', kernelCommandLine],
    ...['-drive', `file=${machine.disk},if=virtio,format=qcow2,cache=unsafe`],
    ...['-drive', `file=${machine.seed},if=virtio,format=raw,readonly=on`],
    ...['-netdev', `user,id=net${forward}`, '-device', 'virtio-net-pci,netdev=net,romfile='],
    ...['-device', 'virtio-rng-pci'],
    ...(machine.memory === undefined ? [] : ['-incoming', `exec:cat ${machine.memory}`]),
  ];
}
