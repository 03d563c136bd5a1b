/** The component library wears our tokens (ui/tokens.css); sizes are those of a dense tool. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const indigo: MantineColorsTuple = [
  '#f0f0fc', '#dcdcf7', '#b9baee', '#9596e5', '#7678dd', '#6163d3', '#5557c8', '#4547b8', '#3a3ca0', '#2f3185',
];

/** From text to page, in the hues of the dark tokens. */
const dark: MantineColorsTuple = [
  '#ececf1', '#c9c9d2', '#a6a6b2', '#7c7c8a', '#3c3c47', '#32323b', '#24242c', '#1b1b21', '#141418', '#0e0e11',
];

const TONES: Record<string, string> = { orange: 'warning', green: 'success', blue: 'fresh' };
const toneOf = (color: string | undefined): string => TONES[color ?? ''] ?? 'failed';

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: { light: 7, dark: 6 },
  colors: { indigo, dark },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif",
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 6,
  respectReducedMotion: true,
  // By name only: to import the components here would load all of them with the first page.
  components: {
    Button: { defaultProps: { size: 'xs' } },
    // The library's own red and orange are too heavy on dark: warnings wear the tints of the states.
    Alert: { vars: (_: unknown, { color }: { color?: string }) => ({ root: { '--alert-bg': `var(--${toneOf(color)}-tint)`, '--alert-color': `var(--${toneOf(color)})` } }) },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    Input: { defaultProps: { size: 'xs' } },
    InputWrapper: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', comboboxProps: { shadow: 'md' } } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'sm' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    // A placeholder for the focus would stand among the items, where a menu may hold nothing else.
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end', withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Tabs: { defaultProps: { keepMounted: false }, classNames: { list: 'tab-list' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
});

const shared = { '--mantine-color-body': 'var(--surface)', '--mantine-color-text': 'var(--text)' };

export const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...shared, '--mantine-color-dimmed': 'var(--quiet)', '--mantine-color-placeholder': 'var(--quiet)',
    '--mantine-color-default-border': 'var(--line)', '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-error': 'var(--failed)',
  },
  dark: {
    ...shared, '--mantine-color-dimmed': 'var(--quiet)', '--mantine-color-placeholder': 'var(--quiet)',
    '--mantine-color-default': 'var(--soft)', '--mantine-color-default-border': 'var(--line)',
    '--mantine-color-anchor': 'var(--accent)', '--mantine-color-error': 'var(--failed)',
  },
});
