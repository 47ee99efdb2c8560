import { useLayoutEffect, useState } from 'preact/hooks';

/** The width of an element in pixels, as it changes. */
export function useWidth(element: { readonly current: HTMLElement | null }, before: number): number {
  const [width, setWidth] = useState(before);
  useLayoutEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.max(Math.floor(entry.contentRect.width), 100));
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
