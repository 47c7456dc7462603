/** The watermark: four squares, drawn without fonts or files. */
const paneAlpha = 90
const edgeAlpha = 70

/** The raw pixels of a square with sides of `side` pixels: RGBA, 8 bits each. White panes with dark edges show on any background. */
export const watermark = (side: number): Buffer => {
  const pixels = Buffer.alloc(side * side * 4)
  const half = side / 2
  const gap = Math.max(1, Math.round(side / 16))
  const edge = Math.max(1, Math.round(side / 32))
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const inset = Math.min(insetOf(x % half, half), insetOf(y % half, half))
      if (inset < gap) continue
      const isEdge = inset < gap + edge
      const shade = isEdge ? 0 : 255
      pixels.set([shade, shade, shade, isEdge ? edgeAlpha : paneAlpha], (y * side + x) * 4)
    }
  }
  return pixels
}

/** The distance from the nearer end. */
const insetOf = (at: number, length: number): number => Math.min(at, length - at)
