// Mounted file systems on the VDisks asked for: device, options, who else mounts them, whether they may stand still at all.
import type { InspectedFileSystem } from '../../domain/inspection.js';
import { values, type Row } from './answer.js';
import { stableName } from './block-stack.js';
import { isConcerned, rowsOf, type Facts } from './facts.js';

interface MountRow {
  readonly number: string;
  readonly point: string;
  readonly options: string;
  readonly fsType: string;
  readonly unit: string;
}

/** The kernel writes blank, tab, line end and backslash as octal. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

function parseMount(host: string, row: Row): MountRow {
  const [number = '', , point = '', own = '', fsType = '', ofFileSystem = '', unit = ''] = values(
    host,
    row,
    7,
  );
  const options = [...new Set([...own.split(','), ...ofFileSystem.split(',')])].join(',');
  return { number, point: unescaped(point), options, fsType, unit };
}

const mountRows = (facts: Facts): MountRow[] =>
  rowsOf(facts, 'mount').map((row) => parseMount(facts.host, row));

/** Of several mounts at one point only the last is seen by anybody. */
function topmost(rows: readonly MountRow[]): MountRow[] {
  return [...new Map(rows.map((row) => [row.point, row])).values()];
}

export function inspectFileSystems(facts: Facts): InspectedFileSystem[] {
  const rows = mountRows(facts);
  const essential = new Set(rowsOf(facts, 'essential').map((row) => row[1] ?? ''));
  const groups = new Map(rowsOf(facts, 'lv').map((row) => [row[6] ?? '', row[1] ?? '']));
  return topmost(rows).flatMap((row) => {
    const block = facts.stack.at(row.number);
    if (block === undefined) return [];
    if (!isConcerned(facts, block) && !facts.order.mountPoints.includes(row.point)) return [];
    return {
      mountPoint: row.point,
      device: stableName(block, facts.lvPaths.get(row.number)),
      fsType: row.fsType,
      uuid: block.fsUuid,
      label: block.label,
      options: row.options,
      disks: facts.stack.disks(block),
      volumeGroup: groups.get(row.number) ?? '',
      managedBy: managedBy(row, rows),
      otherNamespaces: otherNamespaces(facts, row.number),
      essential: essential.has(row.number),
    };
  });
}

function managedBy(row: MountRow, rows: readonly MountRow[]): string {
  if (row.unit !== '') return `systemd:${row.unit}`;
  const auto = rows.some(
    ({ fsType, point }) => fsType === 'autofs' && `${row.point}/`.startsWith(`${point}/`),
  );
  return auto ? 'autofs' : '';
}

function otherNamespaces(facts: Facts, number: string): number {
  const same = rowsOf(facts, 'elsewhere').filter((row) => row[2] === number);
  return new Set(same.map((row) => row[1])).size;
}

/** What is mounted at each mount point of the request; device '' where nothing is. */
export function takenMountPoints(facts: Facts): { path: string; device: string }[] {
  const rows = topmost(mountRows(facts));
  return facts.order.mountPoints.map((path) => {
    const row = rows.find(({ point }) => point === path);
    if (row === undefined) return { path, device: '' };
    const block = facts.stack.at(row.number);
    return {
      path,
      device: block === undefined ? row.fsType : stableName(block, facts.lvPaths.get(row.number)),
    };
  });
}
