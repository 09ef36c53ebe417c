// Light or dark: as the system, unless the user chooses.

const theme = document.querySelector('#theme');

function apply() {
  document.documentElement.style.colorScheme = theme.value || 'light dark';
}

theme.value = localStorage.getItem('theme') ?? '';
theme.addEventListener('change', () => {
  localStorage.setItem('theme', theme.value);
  apply();
});
apply();
