/** The thickness of a line, from 0 to 4. Each step is ten times the rate. Null: the rate is not known. */
export const levelOf = (perSecond: number | null): number => {
  if (perSecond === null || perSecond === 0) return 0
  return Math.min(4, Math.max(1, Math.floor(Math.log10(perSecond)) + 2))
}
