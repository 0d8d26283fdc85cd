// Hardware acceleration only where it really runs a kernel: /dev/kvm exists on machines where a guest then never gets anywhere.
import { readFile, access, constants } from 'node:fs/promises';
import { execa } from 'execa';

export interface Accelerator {
  name: 'kvm' | 'tcg';
  args: string[];
}

export const emulated: Accelerator = {
  name: 'tcg',
  // No AVX: emulated, it makes every memcpy of the guest slower (boot 62 s with `max`, 40 s with this).
  args: [
    '-accel',
    'tcg,thread=multi',
    '-cpu',
    'qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+rdrand,-svm',
  ],
};

export const hardware: Accelerator = {
  name: 'kvm',
  args: ['-accel', 'kvm', '-cpu', 'host,-svm,-vmx'],
};

export async function chooseAccelerator(kernel: string): Promise<Accelerator> {
  if (process.env['LAB_ACCEL'] === 'tcg') return emulated;
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return emulated;
  }
  if (!/\b(vmx|svm)\b/.test(await readFile('/proc/cpuinfo', 'utf8'))) return emulated;
  return (await kernelSpeaks(kernel)) ? hardware : emulated;
}

/** With acceleration a kernel says its first line within a second, and then panics for want of a root disk. */
async function kernelSpeaks(kernel: string): Promise<boolean> {
  const machine = [
    '-M',
    'q35',
    ...hardware.args,
    '-m',
    '256',
    '-nodefaults',
    '-display',
    'none',
    '-no-reboot',
  ];
  const boot = ['-kernel', kernel, '-append', 'console=ttyS0 panic=-1', '-serial', 'stdio'];
  const run = await execa('qemu-system-x86_64', [...machine, ...boot], {
    timeout: 5000,
    reject: false,
    stdin: 'ignore',
  });
  return run.stdout.includes('Linux version');
}
