/** Shown before the first order: how to place one. */
export const EmptyShop = () => (
  <section class="notice">
    <h2>No order yet</h2>
    <p>
      Place the first one from a terminal: <code>npm start</code> prints a command for it. It appears here by itself.
    </p>
  </section>
)
