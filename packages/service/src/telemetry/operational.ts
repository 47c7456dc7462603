/**
 * True for what machines ask again and again: health and metrics, with or without a query, also below the name of a service
 * where several share a port.
 */
export const isOperational = (url: string): boolean => /^(\/[a-z]+)?\/(metrics|health\/[a-z]+)(\?|$)/.test(url)
