/**
 * True for health and metrics, which machines poll, with or without a query, and also below a service's name on a
 * shared port.
 */
export const isOperational = (url: string): boolean => /^(\/[a-z]+)?\/(metrics|health\/[a-z]+)(\?|$)/.test(url)
