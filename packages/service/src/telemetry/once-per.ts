/** When more lines than these are remembered, the oldest is forgotten. */
const maxLines = 100

/** True the first time for each line, and again after `ms`, or after many others. */
export const oncePer = (ms: number): ((line: string) => boolean) => {
  const writtenAt = new Map<string, number>()
  return (line) => {
    const now = performance.now()
    for (const [earlier, at] of writtenAt) if (now - at >= ms || writtenAt.size > maxLines) writtenAt.delete(earlier)
    if (writtenAt.has(line)) return false
    writtenAt.set(line, now)
    return true
  }
}
