"""A lively fictional street, so that every page has something to show: 和平街道, region code 99."""
