/**
 * True for the URLs of health and metrics, which are polled. They may have a query, and a service's name as prefix on a
 * shared port.
 */
export const isOperational = (url: string): boolean => /^(\/[a-z]+)?\/(metrics|health\/[a-z]+)(\?|$)/.test(url)
