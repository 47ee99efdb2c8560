/** VitePress's own theme with the typeface of the system, and the playground's colors. */
import theme from 'vitepress/theme-without-fonts';
import './colors.css';

export default theme;
