// What the system noticed by itself, for lseventlog: nobody asked, so no answer could say it. Kept while the process lives.
import { arrayTime } from './model/array-time.js';

export interface ArrayEvent {
  readonly sequence: number;
  readonly time: string;
  readonly objectType: 'vdisk' | 'fc_map' | 'node' | 'cluster' | 'volume_group';
  readonly objectId: number;
  readonly objectName: string;
  readonly status: 'alert' | 'message';
  readonly description: string;
}

const KEPT = 1000;

export class EventLog {
  private events: ArrayEvent[] = [];
  private sequence = 100;

  constructor(private readonly now: () => number) {}

  add(event: Omit<ArrayEvent, 'sequence' | 'time'>): void {
    this.sequence++;
    this.events.push({ ...event, sequence: this.sequence, time: arrayTime(this.now()) });
    if (this.events.length > KEPT) this.events = this.events.slice(-KEPT);
  }

  list(): readonly ArrayEvent[] {
    return this.events;
  }

  clear(): void {
    this.events = [];
  }
}
