// The host contract on model hosts: app1 as source, dev1 as target of a copy that the simulated array took.
import { MockActivityEnvironment } from '@temporalio/testing';
import { preparedSan, quiesceOrder, REF } from '../unit/activities/san.js';
import { describeHostContract } from './host-contract.js';

describeHostContract('a model host', async () => {
  const made = await preparedSan();
  const { app1, dev1, clock, target } = made;
  await made.run('flashCopyTakePointInTime', quiesceOrder(made), new MockActivityEnvironment());
  const show = async () => {
    for (const { vdisk, arrayHost } of target.presentations)
      await made.storage.mapVDisk({ vdisk, host: arrayHost });
  };
  await show();
  return {
    source: {
      host: app1,
      mounts: made.source('app1', 'quiesce').mounts,
      units: ['db.service'],
      isWritable: (at) => Promise.resolve(app1.hasIo(at)),
      thaw: (at) => Promise.resolve(app1.kernel.mountAt(at)?.fileSystem.thaw()),
      killHolder: (run) => Promise.resolve(app1.source.holders.get(run)?.kill()),
    },
    target: {
      host: dev1,
      uids: target.release.uids,
      volumeGroups: target.volumeGroups,
      fileSystems: target.fileSystems,
      show,
      hide: async () => {
        for (const { vdisk, arrayHost } of target.presentations)
          await made.storage.unmapVDisk({ vdisk, host: arrayHost });
      },
      use: (at) => {
        const users = dev1.kernel.mountAt(at)?.users;
        users?.add('a process');
        return Promise.resolve(() => Promise.resolve(void users?.delete('a process')));
      },
    },
    run: REF.run,
    wait: (call) => clock.run(call),
    pass: (ms) => clock.advance(ms),
    close: async () => {
      if (made.writer.running) await clock.run(made.writer.stop());
    },
  };
});
