// Bytes of a far side as text. Nothing throws: what is no UTF-8 is taken for ISO-8859-1, as older code levels write it.

export function textOf(chunks: readonly Buffer[]): string {
  const bytes = Buffer.concat(chunks);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
