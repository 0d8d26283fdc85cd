// Where the Temporal server is and how it is reached: TEMPORAL_* variables and profiles of
// temporal.toml, as the Temporal CLI and all SDKs read them. TLS, client certificates, API key and
// gRPC headers come from there, and from nowhere else: no secret stands on a command line.
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import { FlashCopyError } from '../domain/errors.js';

/** What a caller or an inventory says itself. It goes before the profile. */
export interface TemporalChoice {
  /** Name of a profile. Default: TEMPORAL_PROFILE, then `default`. */
  readonly profile?: string | undefined;
  /** host:port */
  readonly address?: string | undefined;
  readonly namespace?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Options for `Connection.connect` and `NativeConnection.connect`. Fields without a value are absent. */
export type TemporalConnection = Partial<
  Pick<ClientConnectConfig['connectionOptions'], 'address' | 'tls' | 'apiKey' | 'metadata'>
>;

export interface TemporalServer {
  readonly connection: TemporalConnection;
  /** Default `default`. */
  readonly namespace: string;
}

/**
 * Reads the environment and the file that TEMPORAL_CONFIG_FILE names, by default
 * `temporalio/temporal.toml` in the user's configuration folder. Connects to nothing.
 * Throws INVALID_TEMPORAL_PROFILE: no such profile, an unknown field, a file that cannot be read.
 */
export function temporalServer(
  { profile, address, namespace }: TemporalChoice = {},
  env: Environment = process.env,
): TemporalServer {
  const found = load(profile, env);
  const { tls, apiKey, metadata } = found.connectionOptions;
  return {
    namespace: namespace ?? found.namespace ?? 'default',
    connection: {
      ...withValue('address', address ?? found.connectionOptions.address),
      ...withValue('tls', tls),
      ...withValue('apiKey', apiKey),
      ...withValue('metadata', metadata),
    },
  };
}

function load(profile: string | undefined, env: Environment): ClientConnectConfig {
  try {
    return loadClientConnectConfig({
      ...(profile === undefined ? {} : { profile }),
      configFileStrict: true,
      overrideEnvVars: withValues(env),
    });
  } catch (cause) {
    // A parser of TOML shows the lines around the fault, and one of them may be the API key.
    const [why = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    const named = profile ?? env['TEMPORAL_PROFILE'] ?? 'default';
    throw new FlashCopyError({
      family: 'request',
      code: 'INVALID_TEMPORAL_PROFILE',
      message: `Temporal profile ${named}: ${why.trim()}`,
      details: { profile: named },
    });
  }
}

const withValue = <K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> =>
  value === undefined ? {} : ({ [key]: value } as Record<K, V>);

const withValues = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
