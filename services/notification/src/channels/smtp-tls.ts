/** Whether emails may leave without TLS. */

/** `required`: only to a mail server on the loopback. `off`: to any server that offers no TLS. */
export type SmtpTls = 'required' | 'off'

/**
 * True where STARTTLS must succeed before anything else is sent (RFC 3207, section 4.1: who only uses it where it is offered can be
 * made to go without it by a third party). smtps:// speaks TLS from the start, and `?ignoreTLS=true` says that this server has none.
 */
export const startTlsIsRequired = (url: string, tls: SmtpTls): boolean => {
  const { hostname, searchParams } = new URL(url)
  return tls === 'required' && !isLoopback(hostname) && searchParams.get('ignoreTLS') !== 'true'
}

/** 127.0.0.0/8 (RFC 1122, section 3.2.1.3), ::1 (RFC 4291, section 2.5.3) and localhost (RFC 6761, section 6.3). */
const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname)
