/** The version of the HTTP interface and of the events, as in their documents. */
export const version = '0.1.0'
