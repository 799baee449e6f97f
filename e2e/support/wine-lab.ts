/** The six runs of wine-lab, as they happened; the full figures stand in the fixture's EXPECTED.json. */
export const wineRuns = {
  first: "project-wine-lab-20261120233253-e4cc72ac",
  again: "project-wine-lab-20261120233328-ed0bed0d",
  alphaChanged: "project-wine-lab-20261120233347-445c304f",
  treesChanged: "project-wine-lab-20261120233422-b3611fd4",
  failing: "project-wine-lab-20261120233435-df2c2e70",
  repaired: "project-wine-lab-20261120233444-3785a2ed",
} as const;
