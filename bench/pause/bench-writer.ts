// A writer without rest: 4 KiB and an fsync in a loop on /data, every acknowledgement with its time.
import { readFile } from 'node:fs/promises';
import { source1 } from '../../lab/demo/session.js';
import { inLab } from '../../lab/paths.js';
import { startCollector } from '../../lab/writer/collector.js';
import { readAcknowledgements, type Acknowledgement } from '../../lab/writer/records.js';

export interface BenchWriter {
  acknowledgements(): Promise<Acknowledgement[]>;
  /** With an empty file: without rest it fills the file system in ten minutes. */
  startAfresh(): Promise<void>;
  stop(): Promise<void>;
}

export async function benchWriter(volumes: number): Promise<BenchWriter> {
  const file = inLab(`bench-${volumes}.log`);
  const collector = await startCollector(file);
  await source1.sh(`
    mkdir -p /data/bench
    printf 'FC_WRITER_ARGS=%s\\n' '--collector 10.0.2.2:${collector.port} --every-ms 0 /data/bench' >/etc/default/fc-writer
    systemctl start fc-writer.service`);
  return {
    async startAfresh() {
      await source1.sh(
        'systemctl stop fc-writer.service; rm -f /data/bench/*; sync -f /data; systemctl start fc-writer.service',
      );
    },
    acknowledgements: async () => readAcknowledgements(await readFile(file, 'latin1')),
    async stop() {
      await source1.sh('systemctl stop fc-writer.service');
      await collector.close();
    },
  };
}
