/** Parts that all charts share. They are readable on a light and on a dark page. */

/** The colours of Okabe and Ito, which colour-blind readers can tell apart. */
export const colours = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#999999']

export interface Text {
  readonly x: number
  readonly y: number
  readonly content: string
  readonly bold?: boolean
  readonly anchor?: 'end' | 'middle'
}

export const text = ({ x, y, content, bold, anchor }: Text): string =>
  `<text x="${x}" y="${y}" fill="#222222"${bold ? ' font-weight="bold"' : ''}${anchor ? ` text-anchor="${anchor}"` : ''}>${escaped(content)}</text>`

const escaped = (content: string): string =>
  content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** The square and the name of the series with this index, in one row above the chart. */
export const keyOf = (name: string, colour: string, index: number): string[] => {
  const left = 8 + index * 150
  return [
    `<rect x="${left}" y="32" width="12" height="12" fill="${colour}"/>`,
    text({ x: left + 18, y: 43, content: name }),
  ]
}

/** The opening tag and a white background. */
export const opening = (width: number, height: number): string[] => [
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
  `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
]

/** To a tenth, so that files stay small and their differences readable. */
export const round = (value: number): number => Math.round(value * 10) / 10
