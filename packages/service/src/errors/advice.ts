/** What to do where a server can't be used: the errors say what is wrong, but not what to set here. */

/** By codes of TLS (https://nodejs.org/api/tls.html#x509-certificate-error-codes) and of Postgres (the manual, appendix A). */
const advices: readonly (readonly [RegExp, string])[] = [
  [
    /^(UNABLE_TO_|SELF_SIGNED_CERT_IN_CHAIN$|DEPTH_ZERO_SELF_SIGNED_CERT$)/,
    'NODE_EXTRA_CA_CERTS must be a file with the certificate of the authority that issued the server’s',
  ],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'the host in the URL must be one that the server’s certificate is for'],
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, 'the server needs a certificate that is valid now, by the clock here'],
  [/^ERR_SSL_WRONG_VERSION_NUMBER$/, 'the port in the URL must be one where the server speaks TLS'],
]

/** Undefined where the error says it all. */
export const adviceOn = (error: unknown): string | undefined => {
  if (!(error instanceof Error && 'code' in error)) return undefined
  const code = String(error.code)
  if (code === '3D000') return adviceOnDatabase(error.message) // invalid_catalog_name
  return advices.find(([codes]) => codes.test(code))?.[1]
}

const adviceOnDatabase = (message: string): string => {
  const [, name = 'NAME'] = /database "(.+)" does not exist/.exec(message) ?? []
  return `create it (createdb ${name}), or set DATABASE_URL to another`
}
