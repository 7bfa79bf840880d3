/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 The hurd-arm64 developers */
/*
 * Virtio over PCI (section 4.1): modern devices by their capabilities, legacy
 * ones by BAR 0.
 */
#ifndef VIRTIO_PCI_H
#define VIRTIO_PCI_H

#include "pci.h"
#include "virtio.h"

bool virtio_pci_matches(const struct pci_function *function, uint32_t id);

/*
 * Enable the function and find its registers; both, with its interrupt, go to
 * *virtio.  NULL, or what is wrong.
 */
const char *virtio_pci_probe(struct pci_host *host,
    const struct pci_function *function, struct virtio *virtio);

#endif /* VIRTIO_PCI_H */
