/** A temporary certificate authority, and the certificates that it issues. */
import type { generate as Generate } from 'selfsigned'

/** A certificate and its private key, both as PEM. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

export interface Authority {
  /** PEM. A client that trusts it trusts all certificates that it has issued. */
  readonly certificate: string
  /** Issues a certificate for a server at only these IP addresses. */
  readonly issueFor: (addresses: readonly string[], validity?: Validity) => Promise<Certificate>
}

export interface Validity {
  readonly from: Date
  readonly until: Date
}

const dayMs = 86_400_000

const today = (): Validity => ({ from: new Date(Date.now() - dayMs), until: new Date(Date.now() + dayMs) })

export const createAuthority = async (name: string): Promise<Authority> => {
  const ca = await make(name, today(), {
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  })
  return {
    certificate: ca.certificate,
    issueFor: (addresses, validity = today()) =>
      make('a server', validity, {
        ca: { key: ca.key, cert: ca.certificate },
        extensions: [{ name: 'subjectAltName', altNames: addresses.map((ip) => ({ type: 7, ip })) }],
      }),
  }
}

const make = async (
  commonName: string,
  { from, until }: Validity,
  options: Parameters<typeof Generate>[1],
): Promise<Certificate> => {
  const { generate } = await import('selfsigned') // few tests need it, and loading it takes time
  const { cert, private: key } = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: from,
    notAfterDate: until,
    ...options,
  })
  return { certificate: cert, key }
}
