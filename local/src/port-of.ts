/** The port of an http URL. That of a URL without one is 80: `URL` leaves it out. */
export const portOf = (url: string): number => Number(new URL(url).port || 80)
