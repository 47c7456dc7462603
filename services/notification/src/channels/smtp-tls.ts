/** Whether emails may be sent without TLS. */

/** `required`: only to a mail server on the loopback. `off`: to any server that does not offer TLS. */
export type SmtpTls = 'required' | 'off'

/**
 * Whether STARTTLS must succeed before anything else is sent. Optional STARTTLS allows a third party to suppress it
 * (RFC 3207, section 4.1). smtps:// uses TLS from the start, and `?ignoreTLS=true` turns it off.
 */
export const startTlsIsRequired = (url: string, tls: SmtpTls): boolean => {
  const { hostname, searchParams } = new URL(url)
  return tls === 'required' && !isLoopback(hostname) && searchParams.get('ignoreTLS') !== 'true'
}

/** 127.0.0.0/8 (RFC 1122, section 3.2.1.3), ::1 (RFC 4291, section 2.5.3) and localhost (RFC 6761, section 6.3). */
const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname)
