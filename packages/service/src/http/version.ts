/** The version of the interfaces, as their documents have it. */
export const version = '0.1.0'
