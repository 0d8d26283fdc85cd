// What a model does at once, as the promise that the port asks for: a refusal rejects, it never throws at the caller.
export const promised = <T>(work: () => T | Promise<T>): Promise<T> => Promise.resolve().then(work);
