// A dev server as a process of its own with its database in a file: killed and started again, it knows all it knew.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import { freePorts } from '../../lab/ports.js';

export class TemporalServer {
  #process: ChildProcess | undefined;
  #connection: Connection | undefined;

  private constructor(
    private readonly port: number,
    private readonly database: string,
  ) {}

  static async start(folder: string): Promise<TemporalServer> {
    const { temporal } = await freePorts(['temporal']);
    const server = new TemporalServer(temporal, path.join(folder, 'temporal.db'));
    await server.#start();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get connection(): Connection {
    return this.#connection!;
  }

  /** kill -9, and a new process on the same database. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#start();
  }

  async stop(): Promise<void> {
    await this.#connection?.close();
    const ended = once(this.#process!, 'exit');
    this.#process!.kill('SIGKILL');
    await ended;
  }

  async #start(): Promise<void> {
    const settings = [
      ...['history.transferProcessorMaxPollRPS=2000', 'history.timerProcessorMaxTimeShift="50ms"'],
    ].flatMap((value) => ['--dynamic-config-value', value]);
    const tool = process.env['TEMPORAL_CLI'] ?? path.resolve('.tools/bin/temporal');
    const place = [
      '--port',
      String(this.port),
      '--db-filename',
      this.database,
      '--headless',
      '--log-level',
      'never',
    ];
    this.#process = spawn(tool, ['server', 'start-dev', ...place, ...settings], {
      stdio: 'ignore',
    });
    for (let tries = 0; ; tries += 1) {
      try {
        this.#connection = await Connection.connect({
          address: this.address,
          connectTimeout: 1_000,
        });
        await this.#connection.workflowService.describeNamespace({ namespace: 'default' });
        return;
      } catch (error) {
        await this.#connection?.close().catch(() => undefined);
        if (tries === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }
}
