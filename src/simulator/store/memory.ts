// Volumes as sparse pages in memory: deterministic, and every operation is done before it returns, so nothing can come between.

const PAGE = 64 * 1024;

export class MemoryPages {
  private readonly volumes = new Map<number, Map<number, Uint8Array>>();

  create(id: number): void {
    this.volumes.set(id, new Map());
  }

  remove(id: number): void {
    this.volumes.delete(id);
  }

  read(id: number, offset: number, length: number): Uint8Array {
    const data = new Uint8Array(length);
    for (const { page, inPage, at, size } of pieces(offset, length)) {
      const content = this.pages(id).get(page);
      if (content) data.set(content.subarray(inPage, inPage + size), at);
    }
    return data;
  }

  write(id: number, offset: number, data: Uint8Array): void {
    const pages = this.pages(id);
    for (const { page, inPage, at, size } of pieces(offset, data.length)) {
      let content = pages.get(page);
      if (!content) pages.set(page, (content = new Uint8Array(PAGE)));
      content.set(data.subarray(at, at + size), inPage);
    }
  }

  usedBytes(id: number): number {
    return this.pages(id).size * PAGE;
  }

  /** Forgets what is beyond; whole pages of zeros take no room. */
  resize(id: number, bytes: number): void {
    for (const [page, content] of this.pages(id)) {
      if (page * PAGE >= bytes) this.pages(id).delete(page);
      else content.fill(0, Math.max(0, bytes - page * PAGE));
    }
  }

  /** As if nothing had ever been written there; for whole pages only. */
  discard(id: number, offset: number, length: number): void {
    for (const { page } of pieces(offset, length)) this.pages(id).delete(page);
  }

  /** True when nothing was ever written there: copying it needs no memory. */
  isEmpty(id: number, offset: number, length: number): boolean {
    return pieces(offset, length).every(({ page }) => !this.pages(id).has(page));
  }

  private pages(id: number): Map<number, Uint8Array> {
    const pages = this.volumes.get(id);
    if (!pages) throw new Error(`no such volume in memory: ${id}`);
    return pages;
  }
}

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
