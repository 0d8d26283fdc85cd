// What a person is told when somebody is needed: plain data, the same over every way.

/** Ways of the worker's configuration: a program that gets JSON on standard input, a URL that gets it as body. */
export const NOTICE_WAYS = ['command', 'webhook'] as const;
export type NoticeWay = (typeof NOTICE_WAYS)[number];

export interface Notice {
  /** `source-has-io` and `outage-over` withdraw a call: nobody is needed any more. */
  readonly what:
    | 'source-without-io'
    | 'source-has-io'
    | 'ledger'
    | 'outage'
    | 'outage-over'
    | 'schedule-skipped'
    | 'janitor';
  /** '' where it is about no single set, run or host. */
  readonly set: string;
  readonly run: string;
  readonly host: string;
  /** One line. */
  readonly why: string;
  /** What to do, one line each. */
  readonly todo: readonly string[];
}

/** With who says it: the worker knows, and a run that was reset would remember its former id. */
export interface SignedNotice extends Notice {
  readonly workflowId: string;
  readonly runId: string;
}

/** As it leaves the worker. */
export interface SentNotice extends SignedNotice {
  /** Page of the workflow in the Temporal UI, where the inventory names one. */
  readonly link?: string;
}
