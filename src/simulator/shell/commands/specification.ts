// catxmlspec: the command line described as XML, for clients that build their calls from it (IBM's SVC client library, the CSI driver).
import { reaches } from '../../model/profile.js';
import type { Machine } from '../../machine.js';
import { listing, type Command, type Commands } from '../command.js';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

function commandXml(name: string, { grammar, objectName }: Command): string {
  const { values = [], switches = [], object } = grammar;
  const positional =
    object === undefined ? [] : [`<ValueParam name="${objectName ?? 'object_id'}" noName="true"/>`];
  const params = [
    ...values.map((flag) => `<ValueParam name="-${escape(flag)}"/>`),
    ...switches.map((flag) => `<FlagParam name="-${escape(flag)}"/>`),
    ...positional,
  ];
  return `<Command name="${name}">${params.join('')}</Command>\n`;
}

/** Commands the code level has, as `svcinfo` those that list and as `svctask` those that change. */
export function specificationXml(machine: Machine, commands: Commands): string {
  const known = Object.entries(commands).filter(([, { since }]) => reaches(machine.profile, since));
  const part = (executable: string, changes: boolean): string => {
    const own = known.filter(([, command]) => command.changes === changes);
    return `<Executable name="${executable}">\n${own.map(([name, command]) => commandXml(name, command)).join('')}</Executable>\n`;
  };
  const version = machine.profile.codeLevel.split('.').slice(0, 2).join('.');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ArraySyntax version="2.0">\n',
    `<ArrayType type="svc"><ArrayVersion type="svc" version="${version}"/></ArrayType>\n`,
    '<Errors><Error>CMMV</Error></Errors>\n<Commands>\n<Response type="svc"/>\n',
    part('svcinfo', false),
    part('svctask', true),
    '</Commands>\n</ArraySyntax>\n',
  ].join('');
}

/** The table of commands contains this one: it is handed in when the table is complete. */
export const specificationCommand = (commands: () => Commands): Command =>
  listing((machine) => specificationXml(machine, commands()), 'optional');
