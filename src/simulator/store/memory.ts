// Volumes as sparse pages in memory: deterministic, and every operation is done before it returns,
// so nothing can come between. What was never written takes no room and is found at once.
import { GrainSet, grainsOf, type Run } from '../model/grain-set.js';

export const PAGE = 64 * 1024;

/** Bytes that are not kept but made when somebody reads them: of destroyed data. */
export type Filling = (page: number) => Uint8Array;

interface Pages {
  bytes: number;
  /** Pages with an entry in `content` or in `filled`. */
  held: GrainSet;
  readonly content: Map<number, Uint8Array>;
  /** A page has content, or is in one of these, or was never written. */
  filled: { readonly pages: GrainSet; readonly filling: Filling }[];
}

export class MemoryPages {
  private readonly volumes = new Map<number, Pages>();

  create(id: number, bytes: number): void {
    const held = GrainSet.empty(pagesIn(bytes));
    this.volumes.set(id, { bytes, held, content: new Map(), filled: [] });
  }

  remove(id: number): void {
    this.volumes.delete(id);
  }

  read(id: number, offset: number, length: number): Uint8Array {
    const data = new Uint8Array(length);
    for (const { page, inPage, at, size } of pieces(offset, length)) {
      const content = this.page(id, page);
      if (content) data.set(content.subarray(inPage, inPage + size), at);
    }
    return data;
  }

  write(id: number, offset: number, data: Uint8Array): void {
    const { held, content, filled } = this.pages(id);
    for (const { page, inPage, at, size } of pieces(offset, data.length)) {
      const known = content.get(page) ?? this.page(id, page)?.slice() ?? new Uint8Array(PAGE);
      known.set(data.subarray(at, at + size), inPage);
      if (!content.has(page)) for (const part of filled) part.pages.delete(page);
      content.set(page, known);
      held.add(page);
    }
  }

  /** Whole pages whose content is made when it is read. */
  fill(id: number, runs: readonly Run[], filling: Filling): void {
    for (const run of runs) this.discard(id, run);
    const { held, filled } = this.pages(id);
    const pages = GrainSet.empty(held.total);
    for (const { from, to } of runs) for (const set of [held, pages]) set.add(from, to);
    filled.push({ pages, filling });
  }

  usedBytes(id: number): number {
    return this.pages(id).content.size * PAGE;
  }

  /** What is beyond the smaller of the two sizes is gone. */
  resize(id: number, bytes: number): void {
    const pages = this.pages(id);
    const old = pages.held;
    const kept = Math.min(bytes, pages.bytes);
    const last = Math.floor(kept / PAGE);
    const rest = old.has(last) ? this.read(id, last * PAGE, kept % PAGE) : new Uint8Array();
    this.discard(id, { from: last, to: old.total });
    pages.bytes = bytes;
    pages.held = GrainSet.empty(pagesIn(bytes));
    for (const { from, to } of old.runs()) pages.held.add(from, to);
    this.write(id, last * PAGE, rest);
  }

  /** As if nothing had ever been written there. */
  discard(id: number, run: Run): void {
    const pages = this.pages(id);
    for (const { from, to } of pages.held.runs(run))
      if (to - from > pages.content.size) {
        for (const page of pages.content.keys())
          if (page >= from && page < to) pages.content.delete(page);
      } else for (let page = from; page < to; page++) pages.content.delete(page);
    pages.held.delete(run.from, run.to);
    for (const part of pages.filled) part.pages.delete(run.from, run.to);
    pages.filled = pages.filled.filter((part) => part.pages.size > 0);
  }

  /** Pages that hold something, of those asked for. */
  held(id: number, run: Run): Run[] {
    return this.pages(id).held.runs(run);
  }

  private page(id: number, page: number): Uint8Array | undefined {
    const { content, filled } = this.pages(id);
    return content.get(page) ?? filled.find(({ pages }) => pages.has(page))?.filling(page);
  }

  private pages(id: number): Pages {
    const pages = this.volumes.get(id);
    if (!pages) throw new Error(`no such volume in memory: ${id}`);
    return pages;
  }
}

const pagesIn = (bytes: number): number => Math.ceil(bytes / PAGE);

/** The pages a range of bytes touches. */
export const pagesOf = (range: { offset: number; length: number }): Run => grainsOf(range, PAGE);

function pieces(
  offset: number,
  length: number,
): { page: number; inPage: number; at: number; size: number }[] {
  const found = [];
  for (let at = 0; at < length;) {
    const inPage = (offset + at) % PAGE;
    const size = Math.min(PAGE - inPage, length - at);
    found.push({ page: Math.floor((offset + at) / PAGE), inPage, at, size });
    at += size;
  }
  return found;
}
