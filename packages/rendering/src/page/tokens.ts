/**
 * The design of every page of the project, as custom properties of CSS: each color, distance and size, for light and dark. Nothing else
 * names a color. Contrast of text on its background is at least 4.5 : 1 in both schemes, that of edges and marks at least 3 : 1 where they
 * carry meaning.
 */
export const pageTokens = `:root {
  color-scheme: light dark;

  --paper: #fdfdfc;
  --panel: #ffffff;
  --sunken: #f4f4f1;
  --ink: #1b1c1e;
  --ink-soft: #585b60;
  --edge: #dcdcd6;
  --edge-strong: #8d8f93;
  --accent: #1f57c3;
  --accent-ink: #ffffff;
  --accent-soft: #e7edf9;
  --run-a: #1f57c3;
  --run-b: #b4530a;
  --good: #1a7544;
  --bad: #b3261e;
  --bad-soft: #fbeceb;
  --positive: #1f57c3;
  --negative: #b4530a;
  --zero: #ffffff;
  --shadow: 0 1px 2px rgb(0 0 0 / 5%);

  --space-1: 4px;
  --space-2: 8px;
  --space-3: 12px;
  --space-4: 16px;
  --space-5: 24px;
  --space-6: 40px;
  --radius: 6px;

  /* One typeface: that of the system. Figures have one width, so that they stand still while they change. */
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  --text-small: 0.8125rem;
  --text: 0.9375rem;
  --text-large: 1.25rem;
  --text-figure: 1.5rem;
}

/* Paper is light. */
@media print {
  :root {
    color-scheme: light;
  }
}

@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #121315;
    --panel: #191b1e;
    --sunken: #212429;
    --ink: #ecedee;
    --ink-soft: #a6abb3;
    --edge: #32363c;
    --edge-strong: #757b85;
    --accent: #8ab0ff;
    --accent-ink: #10131a;
    --accent-soft: #1f2a41;
    --run-a: #8ab0ff;
    --run-b: #f2a365;
    --good: #6fcf97;
    --bad: #ff9b93;
    --bad-soft: #3a2120;
    --positive: #8ab0ff;
    --negative: #f2a365;
    --zero: #191b1e;
    --shadow: none;
  }
}
`;
