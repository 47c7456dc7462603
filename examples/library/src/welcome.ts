import type { RunningService } from '@quadrille/service'

const loan = '0198c5f0-5a4b-7cc3-9d5e-3b1f0c2d4e6f'
const json = "-H 'content-type: application/json' -d"

/** The text that `npm start` prints: the URLs of the services, and the commands for a first loan. */
export const welcome = (services: readonly Pick<RunningService, 'name' | 'url'>[]): string => {
  const urlOf = (name: string) => services.find((service) => service.name === name)?.url
  return `The library is open.

${services.map(({ name, url }) => `  ${name.padEnd(8)} ${url}/docs`).join('\n')}

Borrow a book, in a second terminal:

  curl -s -X PUT ${urlOf('catalog')}/books/9780141439518 ${json} '{"copies":2}'
  curl -s -X PUT ${urlOf('loans')}/loans/${loan} ${json} '{"memberId":"ada","isbn":"9780141439518"}'
  curl -s ${urlOf('loans')}/loans/${loan}

and return it:

  curl -s -X POST ${urlOf('loans')}/loans/${loan}/return
  curl -s ${urlOf('loans')}/loans/${loan}

The member 'broke' can't pay the deposit, and the first response for 'flaky' is lost. Ctrl-C stops the library.
`
}
