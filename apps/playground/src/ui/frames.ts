/** What costs a whole frame to draw comes one frame after another: workers on all cores leave the page half of one. */

/** A page that is not seen has no frames; then it goes on after this, in milliseconds. */
const UNSEEN = 200;

/** Until what was changed by now has been drawn. */
export function drawn(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, UNSEEN);
    requestAnimationFrame(() => {
      clearTimeout(timer);
      // Behind the frame's style, layout and paint, which come after its callbacks.
      setTimeout(resolve);
    });
  });
}
