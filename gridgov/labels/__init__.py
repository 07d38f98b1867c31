"""The office's own words: steps, levels and other labels that city management and 综治 offices name differently."""
