import { useTitle } from '../parts/use-title.ts'

export const NotFoundView = () => {
  useTitle('Not found')
  return (
    <section class="notice">
      <h1>There is no such page</h1>
      <p>
        The console has no view at this address. <a href="/">Show the orders</a>
      </p>
    </section>
  )
}
