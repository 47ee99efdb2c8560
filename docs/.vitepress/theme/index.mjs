/** VitePress's own theme with the typeface of the system, the playground's colors, and room for code and tables. */
import theme from 'vitepress/theme-without-fonts';
import './style.css';

export default theme;
