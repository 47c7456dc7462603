/** The sum of a metric over all of its labels, in a page for Prometheus. NaN if the page does not contain it. */
export const sumOf = (page: string, name: string): number => {
  const values = [...page.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))]
  return values.length === 0 ? Number.NaN : values.reduce((sum, [, value]) => sum + Number(value), 0)
}
