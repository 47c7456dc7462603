const loan = '0198c5f0-5a4b-7cc3-9d5e-3b1f0c2d4e6f'
const json = "-H 'content-type: application/json' -d"

/** What a person reads when everything runs: the first loan, from the request to the end. */
export const welcome = ([loans, catalog, members]: readonly string[]): string => `The library is open.

  loans    ${loans}/docs
  catalog  ${catalog}/docs
  members  ${members}/docs

Borrow a book, in a second terminal:

  curl -s -X PUT ${catalog}/books/9780141439518 ${json} '{"copies":2}'
  curl -s -X PUT ${loans}/loans/${loan} ${json} '{"memberId":"ada","isbn":"9780141439518"}'
  curl -s ${loans}/loans/${loan}

and return it:

  curl -s -X POST ${loans}/loans/${loan}/return
  curl -s ${loans}/loans/${loan}

The member 'broke' can't pay the deposit, and the first answer to 'flaky' is lost. Ctrl-C stops the library.
`
