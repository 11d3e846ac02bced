/** Whether a path, or a request's target, is one of the operator's pages or their data. Routes are found in capitals, too. */
export function isOfOperators(path: string): boolean {
  return /^\/operator(?![\w-])/i.test(path);
}
